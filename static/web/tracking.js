/* Order link tracking lines: a line is saved when it is left; Close saves the line that is edited, or stays with its error. */
(() => {
  "use strict";
  let closeTo = null;
  let pressed = null; // where the pointer went down last: a list of options takes no focus, so it may be nowhere for a moment
  const formOf = (row) => row.querySelector("form");
  const typed = (row) => [...row.querySelectorAll("input")].some((input) => input.type === "checkbox" ? input.checked !== input.defaultChecked : input.type !== "hidden" ? input.value !== input.defaultValue : input.name === "order" && input.value);
  const failed = (row) => Boolean(row.querySelector(".errorlist"));
  const unsaved = () => [...document.querySelectorAll("[data-save-on-leave]")].find((row) => typed(row) || failed(row));
  const inside = (row, place) => place instanceof Element && (row.contains(place) || place.closest(".ts-dropdown"));

  document.addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
  document.addEventListener("keydown", () => { pressed = null; }, true);
  document.addEventListener("focusout", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-save-on-leave]") : null;
    if (row && !inside(row, event.relatedTarget ?? pressed)) setTimeout(() => leave(row), 0);
  });
  const leave = (row) => {
    if (!row.isConnected || closeTo || inside(row, document.activeElement)) return;
    const order = row.querySelector("[name=order]");
    if (typed(row)) { if (!order || order.value) formOf(row).requestSubmit(); }
    else if (!failed(row) && row.dataset.cancelUrl) window.htmx.ajax("GET", row.dataset.cancelUrl, { source: row, target: row, swap: "outerHTML" });
  };
  document.addEventListener("click", (event) => {
    const close = event.target instanceof Element ? event.target.closest("[data-tracking-close]") : null;
    const row = close && unsaved();
    if (!row) return;
    event.preventDefault();
    closeTo = close.href;
    formOf(row).requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    const row = event.key === "Escape" && event.target instanceof Element ? event.target.closest("#line-new") : null;
    if (!row) return;
    event.preventDefault();
    row.querySelectorAll("input").forEach((input) => input.tomselect?.destroy()); // its list hangs at the end of the page
    row.remove();
    document.querySelector("[data-grid-new]")?.focus();
  }, true); // before the lookup hears it: one Escape leaves the line, whether its list is open or not
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!closeTo || event.detail.requestConfig.verb !== "post") return;
    const to = closeTo;
    closeTo = null;
    if (event.detail.successful && event.detail.xhr.status < 300) location.assign(to);
  });
})();
