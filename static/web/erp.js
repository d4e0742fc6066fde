/* Comfort on top of pages that work without it. Events are delegated from the document; nothing is evaluated. */
(() => {
  "use strict";
  const page = document.documentElement;
  const say = (name) => document.body.dataset[name] || "";
  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);
  page.classList.add("js");

  /* Messages: toasts that leave after ten seconds; errors, and what was made, stay until they are closed. */
  const TOAST_SECONDS = 10;
  const armToasts = () => {
    for (const toast of document.querySelectorAll("[data-toast]:not([data-armed])")) {
      toast.dataset.armed = "";
      if (!toast.matches(".message-error, .message-info")) setTimeout(() => leave(toast), TOAST_SECONDS * 1000);
    }
  };
  const leave = (toast) => {
    if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), 2000);
    else toast.remove();
  };
  const showTrouble = (sentence) => {
    const toast = document.createElement("div");
    toast.className = "message message-error";
    toast.dataset.toast = "";
    const text = document.createElement("span");
    text.textContent = sentence;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.dataset.closeToast = "";
    close.textContent = "×";
    close.setAttribute("aria-label", "×");
    toast.append(text, close);
    const box = document.getElementById("messages");
    if (box) box.replaceChildren(toast);
    showInDialog();
    armToasts();
  };
  /* What is behind an open dialog nobody sees: its refusals stand inside it, and leave with it. */
  const showInDialog = () => {
    const dialog = document.querySelector("dialog[open]");
    const box = document.getElementById("messages");
    if (dialog && box && !dialog.contains(box)) dialog.prepend(box);
  };
  const takeOutOfDialog = (dialog) => {
    const box = document.getElementById("messages");
    if (!box || !dialog.contains(box)) return;
    box.querySelectorAll(".message-error, .message-values").forEach((refusal) => refusal.remove());
    document.getElementById("main").prepend(box);
  };
  document.addEventListener("close", (event) => takeOutOfDialog(event.target), true);

  /* Dialogs: <a data-dialog href> loads a fragment into the one dialog; without JavaScript it is a page. */
  const openDialog = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  };
  const closeDialogs = () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());

  /* Lookups */
  const lookUp = (input) => {
    if (!window.TomSelect || input.tomselect) return;
    const escapeHtml = (text) => new Option(text).innerHTML;
    const eager = "lookupEager" in input.dataset;
    const needs = (input.dataset.lookupNeeds || "").split(" ").filter(Boolean);
    const current = input.value ? [{ value: input.value, label: input.dataset.lookupLabel || input.value }] : [];
    new TomSelect(input, {
      maxItems: 1, maxOptions: 20, delimiter: "\u001f", create: true, createOnBlur: true, persist: false, openOnFocus: eager,
      refreshThrottle: 0, // later it would open its list, and take the cursor back, when somebody has typed on in the next field
      valueField: "value", labelField: "label", searchField: [], dropdownParent: "body", options: current,
      items: current.map((option) => option.value),
      onInitialize() {
        for (const name of ["aria-invalid", "aria-describedby"]) {
          if (input.hasAttribute(name)) this.control_input.setAttribute(name, input.getAttribute(name));
        }
        input.type = "hidden";
      },
      create: (text) => ({ value: text, label: text }),
      shouldLoad: (text) => eager || text.trim().length > 0,
      onFocus() { if (eager) this.load(this.inputValue()); },
      score(typed) { // no stale offer is taken, nor what was chosen before when something else is typed over it
        const said = typed.trim().toLowerCase();
        if (eager) return (offer) => Number(offer.value.toLowerCase().startsWith(said));
        return (offer) => Number(!this.items.includes(offer.value) || offer.label.toLowerCase().includes(said));
      },
      load(text, done) {
        this.clearOptions();
        const url = new URL(input.dataset.lookupUrl, location.origin);
        url.searchParams.set("q", text);
        for (const name of needs) url.searchParams.set(name, input.form?.elements[name]?.value || "");
        fetch(url, { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : { results: [] }))
          .then((answer) => {
            if (!input.isConnected) return;
            done(answer.results);
            const sole = needs.length && !text && !this.getValue() && answer.results.length === 1;
            if (sole) this.setValue(answer.results[0].value);
          })
          .catch(() => done([]));
      },
      render: {
        ...(eager ? { item: (data) => `<div>${escapeHtml(data.value)}</div>` } : {}),
        option_create: (data) => `<div class="create">${escapeHtml(say("sayUse"))} “${escapeHtml(data.input)}”</div>`,
        no_results: () => `<div class="no-results">${escapeHtml(say("sayNone"))}</div>`,
      },
      onChange() { askAgain(input); }, // of the change itself it tells
    });
  };
  /* Its list hangs below the body: without this it would outlive the form that htmx takes away, open or not. */
  document.addEventListener("htmx:beforeCleanupElement", (event) => event.target.tomselect?.destroy());
  /* A box whose offers depend on another one forgets its value when that one changes, and takes the only offer there is. */
  const askAgain = (changed) => {
    for (const input of changed.form?.elements || []) {
      if (!input.tomselect || !(input.dataset.lookupNeeds || "").split(" ").includes(changed.name)) continue;
      input.tomselect.clear(true);
      input.tomselect.clearOptions();
      if (changed.value) input.tomselect.load("");
    }
  };
  const prepare = (root) => {
    root.querySelectorAll("input[data-lookup-url]").forEach(lookUp);
    armToasts();
    showTicks();
  };

  /* Ticks */
  const showTicks = () => {
    const ticked = document.querySelectorAll("[data-tick]:checked").length;
    document.querySelectorAll("[data-tick-boxes]").forEach((head) => {
      const boxes = [...head.closest("table").querySelectorAll(`[data-box="${head.dataset.tickBoxes}"]`)];
      head.disabled = !boxes.length;
      head.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    });
    document.querySelectorAll("[data-bulk]").forEach((bar) => {
      bar.classList.toggle("has-ticks", ticked > 0);
      const count = bar.querySelector("[data-tick-count]");
      if (count) count.textContent = String(ticked);
    });
    for (const all of document.querySelectorAll("[data-tick-all]")) {
      const boxes = [...(all.closest("table")?.querySelectorAll("[data-tick]") || [])];
      all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
      all.indeterminate = !all.checked && boxes.some((box) => box.checked);
    }
    showWhole();
  };
  /* Once all of a page are ticked, all of the order are offered; a tick less takes the offer back. */
  const showWhole = () => document.querySelectorAll("[data-whole]").forEach((offer) => {
    const heads = document.querySelectorAll("[data-tick-all], [data-tick-boxes]");
    offer.classList.toggle("offered", [...heads].some((head) => head.checked));
    if (!offer.classList.contains("offered")) offer.querySelector("input").checked = false;
  });
  let lastTick = null;
  const tickRange = (box, event) => {
    const boxes = [...(box.closest("table")?.querySelectorAll("[data-tick]") || [])];
    if (event.shiftKey && lastTick && boxes.includes(lastTick)) {
      const [from, to] = [boxes.indexOf(lastTick), boxes.indexOf(box)].sort((one, other) => one - other);
      boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    lastTick = box;
  };

  /* Rows are left out from the first one on: a box takes those above along when it is cleared, those below when it is
     ticked. Before htmx asks what that comes to, hence while the event goes down. */
  document.addEventListener("change", (event) => {
    const list = event.target.type === "checkbox" && closest(event, "[data-from-first]");
    if (!list) return;
    const boxes = [...list.querySelectorAll("input[type=checkbox]")];
    const place = boxes.indexOf(event.target);
    boxes.forEach((box, other) => { if (event.target.checked ? other > place : other < place) box.checked = event.target.checked; });
  }, true);

  /* Columns in the order a list shows them: a button moves one by a place, a typed place moves it there. */
  const moveTo = (row, place) => {
    const list = row.parentElement;
    const others = [...list.children].filter((other) => other !== row);
    list.insertBefore(row, others[Math.min(Math.max(place, 1), others.length + 1) - 1] || null);
    [...list.children].forEach((other, number) => { other.querySelector("[name=place]").value = number + 1; });
  };
  document.addEventListener("click", (event) => {
    const button = closest(event, "[data-move]");
    if (!button) return;
    const row = button.closest("li");
    moveTo(row, [...row.parentElement.children].indexOf(row) + 1 + (button.dataset.move === "up" ? -1 : 1));
    button.focus();
  });

  /* Rows that are edited in place: <tr data-row data-edit-url> is read, <tr data-row data-editing data-cancel-url> edited. */
  const swapRow = (row, url) => window.htmx.ajax("GET", url, { source: row, target: row, swap: "outerHTML" });
  const editRow = (row) => { if (row?.dataset.editUrl) swapRow(row, row.dataset.editUrl); };
  const rowsOf = (row) => [...row.closest("table").querySelectorAll("[data-row]")];
  const neighbour = (row, step) => rowsOf(row)[rowsOf(row).indexOf(row) + step];
  const startTyping = (row) => {
    const wrong = row?.querySelector("[aria-invalid]:not([type=hidden])");
    const first = ":not(.type-input) > :is(input:not([type=hidden]), textarea:not([hidden]), select), [contenteditable]"; // a type is there to be left
    (wrong || row?.querySelector(first) || row?.querySelector("input:not([type=hidden]), select"))?.focus();
  };
  let goDownFrom = null;
  const saveRow = (row) => {
    const form = row.querySelector("form") || row.querySelector("[form]")?.form;
    if (!form) return;
    goDownFrom = (row.id !== "row-new" && neighbour(row, 1)?.id) || null; // below a new row stands the line for the next
    form.requestSubmit();
  };
  /* The line for a new row leaves nothing where it stood: the cursor goes to the row above, else to the next. */
  const leaveRow = (row) => {
    const beside = neighbour(row, -1) || neighbour(row, 1) || row.closest("[data-grid]").querySelector("[data-grid-new]");
    if (row.id === "row-new") beside?.focus();
    swapRow(row, row.dataset.cancelUrl);
  };
  const rowKey = (event, row) => {
    const editing = "editing" in row.dataset;
    if (event.key === "F2" && !editing) return editRow(row), true;
    if (event.key === "Escape" && editing && row.dataset.cancelUrl) return leaveRow(row), true;
    if (event.key === "Enter" && editing && !event.target.matches("button, a, textarea, select, [contenteditable]")) return saveRow(row), true;
    if (event.ctrlKey && event.key === "Delete") return clickIn(row, "[data-row-delete]");
    if (event.ctrlKey && event.shiftKey && event.key === "Insert") return clickIn(row, "[data-row-copy]");
    if (event.ctrlKey && event.key === "Insert") return clickIn(row.closest("[data-grid]"), "[data-grid-new]");
    if (event.shiftKey && event.key === "Insert" && !editing) return clickIn(row, "[data-row-insert]");
    if (!editing && ((event.shiftKey && event.key === "F10") || event.key === "ContextMenu")) return openMenu(row);
    if (!editing && event.key === " " && event.target === row) return clickIn(row, "[data-tick]");
    if (closest(event, ".row-menu[open]") && event.key.startsWith("Arrow")) return moveInMenu(closest(event, ".row-menu"), event);
    if (!editing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const next = neighbour(row, event.key === "ArrowDown" ? 1 : -1);
      if (next) next.focus();
      return Boolean(next);
    }
    return false;
  };
  /* The menu of a row: a key opens it, arrows move in it. */
  const openMenu = (row) => {
    const menu = row.querySelector(".row-menu");
    if (!menu) return false;
    closeMenus(menu);
    menu.open = true;
    menu.querySelector("li > *").focus();
    return true;
  };
  const moveInMenu = (menu, event) => {
    const items = [...menu.querySelectorAll("li > *")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] || 0;
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
    return true;
  };
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.(".row-menu[open]")) return;
    const list = event.target.querySelector("ul");
    list.style.translate = "";
    const low = list.getBoundingClientRect().bottom + 8 - innerHeight;
    if (low > 0) list.style.translate = `0 ${-list.offsetHeight - event.target.offsetHeight - 4}px`;
  }, true);
  const clickIn = (place, selector) => {
    const button = place?.querySelector(selector);
    if (button) button.click();
    return Boolean(button);
  };

  /* A phrase that is chosen goes where the cursor is in the text beside it. */
  const insertText = (select) => {
    const words = select.selectedOptions[0]?.dataset.text;
    const field = select.closest("tr, form").querySelector(`textarea[name=${select.dataset.inserts}]`);
    if (!words || !field) return;
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    select.value = "";
    field.focus();
  };

  /* What a new row gets from its part stands in the empty fields, paler than what is typed; another part fills anew
     what nobody chose otherwise. */
  const fillSelect = (field, value) => {
    if (field.value !== (field.dataset.filled || "")) return;
    field.value = value;
    field.dataset.filled = field.value;
  };
  document.addEventListener("part-chosen", (event) => {
    const row = document.getElementById("row-new");
    if (!row) return;
    for (const [name, words] of Object.entries(event.detail)) {
      const field = row.querySelector(`[name="${name}"]`);
      if (field?.tagName === "SELECT") fillSelect(field, words);
      else if (field?.tagName === "INPUT" && typeof words === "string") field.placeholder = words;
    }
  });

  /* Events */
  const isTyping = (target) => target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
  /* Who types on while a new row is being saved types into the first field of the line for the next one: a key that
     would leave it ends that text. What is typed elsewhere stays there. */
  let ahead = null;
  const typeAhead = (event) => {
    const isHere = event.target === document.body || closest(event, "#row-new");
    if (ahead === null || event.ctrlKey || !isHere) return false;
    if (event.key === "Tab" || event.key === "Enter") ahead.ended = Boolean(ahead.text);
    else if (event.key === "Backspace") ahead.text = ahead.ended ? ahead.text : ahead.text.slice(0, -1);
    else if (event.key.length === 1) ahead.text += ahead.ended ? "" : event.key;
    else return false;
    return true;
  };
  const putAhead = () => {
    const [typed, field] = [ahead?.text, document.activeElement];
    ahead = null;
    if (!typed || !field?.matches("#row-new [role=combobox]:not([aria-invalid])")) return;
    field.value += typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return;
    if (typeAhead(event)) return event.preventDefault();
    const row = closest(event, "[data-row]");
    if (row && rowKey(event, row)) return event.preventDefault();
    const wantsSearch = (event.ctrlKey && event.key.toLowerCase() === "k") || (event.key === "/" && !isTyping(event.target));
    const search = document.getElementById("search");
    if (wantsSearch && search) { event.preventDefault(); search.focus(); search.select(); return; }
    if (event.key === "?" && !isTyping(event.target)) { event.preventDefault(); openDialog("keys-dialog"); return; }
    if (event.key === "Escape") closeMenus(null);
    if (event.ctrlKey && !event.shiftKey && event.key === "Insert" && clickIn(document, "[data-grid-new]")) event.preventDefault();
  });
  const closeMenus = (except) => document.querySelectorAll("[data-menu][open]").forEach((menu) => {
    if (menu === except) return;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  });
  document.addEventListener("click", (event) => {
    closeMenus(closest(event, "[data-menu]"));
    if (closest(event, ".row-menu li")) setTimeout(() => closeMenus(null)); // a button that lost the cursor before would not be sent
    const toast = closest(event, "[data-close-toast]");
    if (toast) toast.closest("[data-toast]").remove();
    const keys = closest(event, "[data-keys]");
    if (keys && document.getElementById("keys-dialog")) { event.preventDefault(); closeMenus(null); openDialog("keys-dialog"); }
    const opener = closest(event, "[data-opens-dialog]");
    if (opener) { event.preventDefault(); openDialog(opener.dataset.opensDialog); }
    const closer = closest(event, "[data-close-dialog]");
    if (closer) { event.preventDefault(); closer.closest("dialog")?.close(); }
    const back = closest(event, "[data-go-back]");
    if (back && history.length > 1) { event.preventDefault(); history.back(); }
    const printer = closest(event, "[data-print]");
    if (printer) { event.preventDefault(); window.print(); }
    const tick = closest(event, "[data-tick]");
    if (tick) { tickRange(tick, event); showTicks(); }
    const row = closest(event, "tr[data-edit-url]");
    if (row && !closest(event, "a, button, input, select, label, details") && !String(getSelection())) editRow(row);
  });
  document.addEventListener("change", (event) => {
    const all = closest(event, "[data-tick-all]");
    if (all) all.closest("table").querySelectorAll("[data-tick]").forEach((box) => { box.checked = all.checked; });
    const kind = closest(event, "[data-tick-boxes]");
    if (kind) kind.closest("table").querySelectorAll(`[data-box="${kind.dataset.tickBoxes}"]`).forEach((box) => { box.checked = kind.checked; });
    if (all || kind || closest(event, "[data-tick]")) showTicks();
    const chosen = closest(event, "select[data-inserts]");
    if (chosen) insertText(chosen);
    const auto = closest(event, "[data-submit-on-change]");
    if (auto) auto.form.requestSubmit();
    const place = closest(event, "[data-places] [name=place]");
    if (place && Number(place.value)) { moveTo(place.closest("li"), Number(place.value)); place.focus(); }
    const destination = closest(event, ".destination");
    if (destination) destination.parentElement.querySelector("input[type=radio]:not(:disabled)")?.click();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "bulk") addTicks(form);
    if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    if ("sending" in form.dataset) return event.preventDefault();
    form.dataset.sending = "";
    form.classList.add("is-sending");
    setTimeout(() => { delete form.dataset.sending; form.classList.remove("is-sending"); }, 8000);
  });
  const addTicks = (form) => {
    form.querySelectorAll("input[name=rows]").forEach((old) => old.remove());
    for (const box of document.querySelectorAll("[data-tick]:checked")) {
      if (box.form === form) continue;
      const copy = document.createElement("input");
      copy.type = "hidden"; copy.name = "rows"; copy.value = box.value;
      form.append(copy);
    }
  };
  window.addEventListener("pageshow", (event) => {
    document.querySelectorAll("form[data-sending]").forEach((form) => { delete form.dataset.sending; form.classList.remove("is-sending"); });
    if (event.persisted) location.reload();
  });

  /* The preview of a change shows at once what another choice does; who chooses again or saves meanwhile does not wait for it. */
  const stopLooking = (form) => {
    if ("looking" in form.dataset) window.htmx.trigger(form, "htmx:abort");
    delete form.dataset.looking;
  };
  document.addEventListener("change", (event) => {
    const form = closest(event, "form[data-change]");
    if (!form || event.target.type !== "radio" || !window.htmx) return;
    stopLooking(form);
    form.dataset.looking = "";
    form.querySelector("[name=look_again]").click();
  });
  document.addEventListener("click", (event) => {
    const save = closest(event, "form[data-change] [name=save_change]");
    if (save) stopLooking(save.form);
  });

  /* One line for a new row is open at a time: the inputs of two would belong to one form. A link to a row of another
     type turns the open line into one; nothing that draws all rows anew discards a line that is open. */
  const typeOn = (line, link) => {
    const type = line.querySelector("[name=row_type]");
    const wanted = new URL(link.href).searchParams.get("row_type");
    if (!type || !wanted || type.value === wanted) return startTyping(line);
    type.value = wanted;
    type.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const asking = event.detail.elt;
    const line = document.getElementById("row-new");
    const open = document.querySelector("#rows [data-editing]");
    if (line && asking.matches("[data-new-line]")) { event.preventDefault(); typeOn(line, asking); }
    if (open && asking.matches("[data-redraws]")) { event.preventDefault(); startTyping(open); }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const isSecond = event.detail.requestConfig?.elt?.matches("[data-new-line]") && document.getElementById("row-new");
    if (isSecond) event.detail.shouldSwap = false;
  });

  /* Cells of a spreadsheet that are pasted into the rows of an order are many rows: they go where rows are pasted. */
  document.addEventListener("paste", async (event) => {
    const offer = document.querySelector("[data-paste-rows]");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!offer || !closest(event, "#rows") || closest(event, "textarea, [contenteditable]") || !/\t|\n./.test(text)) return;
    event.preventDefault();
    await window.htmx.ajax("GET", offer.href, { target: "#dialog-body", swap: "innerHTML" });
    const box = document.querySelector("#dialog-body [data-keeps-tabs]");
    if (box) { box.value = text; box.focus(); }
  });

  /* htmx: one request per form at a time, sentences for failures, and new content made comfortable. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || event.detail.requestConfig.verb === "get") return;
    if ("sending" in form.dataset) event.preventDefault();
    else if (form.id === "edit-new") ahead = { text: "", ended: false };
    form.dataset.sending = "";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.requestConfig.elt; // what is swapped away is not the event's own element any more
    if (form instanceof HTMLFormElement) delete form.dataset.sending;
    if (form.id === "edit-new") putAhead();
  });
  document.addEventListener("htmx:responseError", (event) => {
    showTrouble(event.detail.xhr.status === 403 ? say("sayForbidden") : say("sayError"));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 409) showInDialog();
  });
  document.addEventListener("htmx:sendError", () => showTrouble(say("sayOffline")));
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.elt;
    prepare(document);
    if (place.id === "dialog-body") openDialog("dialog");
    const editing = place.matches("[data-editing]") ? place : place.querySelector("[data-editing]");
    if (editing) {
      goDownFrom = null;
      startTyping(editing);
    } else if (place.matches("[data-row], #rows")) {
      const next = document.getElementById(goDownFrom || "") || place;
      goDownFrom = null;
      if (document.activeElement === document.body || next !== place) next.focus();
      if (next !== place) editRow(next);
    }
  });
  /* A new line stands beside what was asked, not in its place: it tells by itself that it is there. */
  document.addEventListener("htmx:load", (event) => {
    const line = event.detail.elt;
    if (line.id === "row-new" && !line.contains(document.activeElement)) { prepare(line.parentElement); startTyping(line); }
  });
  document.addEventListener("close-dialog", closeDialogs);

  /* A sentence that stands below its cell stays inside the window. */
  const keepInside = (event) => {
    const sentence = closest(event, ".cover")?.querySelector("[data-sentence]");
    if (!sentence) return;
    sentence.style.translate = "";
    const place = sentence.getBoundingClientRect();
    const [right, low] = [place.right + 8 - innerWidth, place.bottom + 8 - innerHeight];
    sentence.style.translate = `${Math.min(-right, 0)}px ${low > 0 ? -place.height - 40 : 0}px`;
  };
  document.addEventListener("mouseover", keepInside);
  document.addEventListener("focusin", keepInside);
  const begin = () => { prepare(document); startTyping(document.querySelector("[data-editing], [data-type-here]")); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
