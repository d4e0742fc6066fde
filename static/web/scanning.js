/* A scanner does not wait for the answer. Codes that come while one is looked up stand in line and go one after the
   other; letters that are typed meanwhile move to the new box. A code that is not clear stops the line until a person
   has seen it: picked something, or scanned on. The delivery is posted when none waits or is looked up any more: the
   answer to a post is another page, which knows nothing of the line, and nobody has seen yet what the last code brought. */
(() => {
  const line = [];
  let sent = "";
  let posting = false;
  let postedEarly = false;
  const box = () => document.querySelector("[data-scan]");
  const isBusy = () => "sending" in box().form.dataset;
  const tell = (how = "scansWait") => {
    const place = document.querySelector("[data-scans-wait]");
    if (!place) return;
    place.hidden = !line.length && how === "scansWait";
    place.textContent = place.dataset[how].replace("%n", line.length);
  };
  const next = () => {
    const here = box();
    const typing = here.value;
    here.value = line.shift();
    here.form.querySelector("[name=find]").click(); // htmx sends the button that was clicked
    here.value = typing;
    tell();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-scan]") || !(isBusy() || line.length)) return;
    event.preventDefault();
    const code = event.target.value.trim();
    if (code) line.push(code);
    event.target.value = "";
    tell();
    if (!isBusy()) next();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[name=post]") || !box() || !(line.length || (isBusy() && !posting))) return;
    event.preventDefault();
    postedEarly = isBusy();
    tell(line.length ? "scansFirst" : "scansLooked");
    box().focus();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const here = box();
    if (event.defaultPrevented || !here || event.detail.elt !== here.form) return;
    posting = event.detail.requestConfig.triggeringEvent?.submitter?.name === "post";
    sent = here.value;
    here.value = "";
  });
  const putBack = (event) => {
    const here = box();
    if (here && event.detail.elt === here.form && !here.value) here.value = sent;
  };
  document.addEventListener("htmx:sendError", putBack);
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) putBack(event); });

  let typing = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "arrival") typing = box()?.value ?? "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    const here = box();
    if (!here) return;
    here.value = typing + here.value;
    typing = "";
    tell(postedEarly && !line.length ? "scansFound" : "scansWait"); // it stands until something else is asked
    postedEarly = false;
    if (line.length && !isBusy() && !document.querySelector("[data-unclear]")) next();
  });
})();
