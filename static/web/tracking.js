/* Order link tracking lines: a line is saved when it is left; Close saves the line that is edited, or stays with its error. */
(() => {
  "use strict";
  let closeTo = null;
  const editing = () => document.querySelector("[data-save-on-leave]");
  const formOf = (row) => row.querySelector("form");
  const typed = (row) => [...row.querySelectorAll("input")].some((input) => input.type === "checkbox" ? input.checked !== input.defaultChecked : input.type !== "hidden" ? input.value !== input.defaultValue : input.name === "demand" && input.value);
  const failed = (row) => Boolean(row.querySelector(".errorlist"));
  const inside = (row, place) => place instanceof Element && (row.contains(place) || place.closest(".ts-dropdown"));

  document.addEventListener("focusout", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-save-on-leave]") : null;
    if (!row || inside(row, event.relatedTarget)) return;
    setTimeout(() => {
      if (!row.isConnected || inside(row, document.activeElement) || closeTo) return;
      const demand = row.querySelector("[name=demand]");
      if (typed(row) && (!demand || demand.value)) formOf(row).requestSubmit();
    }, 0);
  });
  document.addEventListener("click", (event) => {
    const close = event.target instanceof Element ? event.target.closest("[data-tracking-close]") : null;
    const row = editing();
    if (!close || !row || (!typed(row) && !failed(row))) return;
    event.preventDefault();
    closeTo = close.href;
    formOf(row).requestSubmit();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!closeTo || event.detail.requestConfig.verb !== "post") return;
    const to = closeTo;
    closeTo = null;
    if (event.detail.successful && event.detail.xhr.status < 300) location.assign(to);
  });
})();
