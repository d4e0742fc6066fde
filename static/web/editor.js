/* Formatted texts: where JavaScript runs, <textarea data-formatted> becomes an editor. What it writes goes into the
   hidden fields formatted and is_formatted of its form; the server takes out what may not stand in it. */
(() => {
  "use strict";
  const say = document.querySelector("script[data-editor]").dataset;
  const COMMANDS = [
    ["bold", "B", say.bold], ["italic", "I", say.italic], ["underline", "U", say.underline],
    ["insertUnorderedList", "•", say.bullets], ["insertOrderedList", "#", say.numbers],
    ["link", say.link, say.link], ["image", say.image, say.image], ["removeFormat", "×", say.plain],
  ];
  const make = (tag, facts) => Object.assign(document.createElement(tag), facts);
  const fieldOf = (area, name) => area.form?.elements[name];

  const showText = (editor, area) => {
    const html = fieldOf(area, "formatted").value;
    if (html) { editor.innerHTML = html; return; } // cleaned by the server
    for (const line of area.value.split("\n")) editor.append(make("p", line ? { textContent: line } : { innerHTML: "<br>" }));
  };
  const write = (editor, area) => {
    fieldOf(area, "formatted").value = editor.innerHTML;
    fieldOf(area, "is_formatted").value = "on";
    area.value = editor.innerText; // what is kept where the row becomes one of another type
  };

  /* In the place of the selection, by hand: the browser's own command would write styles, which the policy forbids. */
  const place = (editor, node) => {
    editor.focus();
    const selection = getSelection();
    let range = selection.rangeCount ? selection.getRangeAt(0) : null;
    if (!range || !editor.contains(range.commonAncestorContainer)) {
      range = document.createRange();
      range.selectNodeContents(editor);
      range.collapse(false);
    }
    range.deleteContents();
    range.insertNode(node);
    range.setStartAfter(node);
    range.collapse(true);
    selection.removeAllRanges();
    selection.addRange(range);
  };

  /* An image is sent at once; what stands in the text is its address. */
  const sendImage = async (editor, file, trouble) => {
    const form = new FormData();
    form.append("image", file);
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    trouble.textContent = "";
    try {
      const answer = await fetch(say.images, { method: "POST", body: form, headers });
      const told = await answer.json();
      if (!answer.ok) { trouble.textContent = told.trouble; return; }
      place(editor, make("img", { src: told.url, alt: told.name }));
    } catch { trouble.textContent = say.offline; }
  };
  const isAddress = (text) => /^(https?:\/\/|mailto:)\S+$/i.test(text);
  const run = (editor, picker, command) => {
    editor.focus();
    if (command === "image") return picker.click();
    if (command !== "link") return document.execCommand(command);
    const address = prompt(say.askLink, "https://");
    if (!address || !isAddress(address.trim())) return undefined;
    const words = String(getSelection()) || address.trim();
    return place(editor, make("a", { href: address.trim(), textContent: words }));
  };

  const enhance = (area) => {
    if (area.hidden || !fieldOf(area, "formatted")) return;
    const editor = make("div", { className: "editor", contentEditable: "true", role: "textbox" });
    editor.setAttribute("aria-multiline", "true");
    editor.setAttribute("aria-label", say.editorLabel);
    if (area.hasAttribute("aria-invalid")) editor.setAttribute("aria-invalid", "true");
    const picker = make("input", { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", hidden: true });
    const trouble = make("p", { className: "tone-bad", role: "alert" });
    const tools = make("div", { className: "editor-tools", role: "toolbar" });
    tools.setAttribute("aria-label", say.editorLabel);
    for (const [command, sign, words] of COMMANDS) {
      const button = make("button", { type: "button", title: words });
      button.append(make("span", { textContent: sign, ariaHidden: "true" }));
      button.setAttribute("aria-label", words);
      button.dataset.command = command;
      button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
      button.addEventListener("click", () => { run(editor, picker, command); write(editor, area); });
      tools.append(button);
    }
    showText(editor, area);
    const had = document.activeElement === area;
    area.hidden = true;
    area.before(tools, editor, picker, trouble);
    document.execCommand("defaultParagraphSeparator", false, "p");
    document.execCommand("styleWithCSS", false, false);
    editor.addEventListener("input", () => write(editor, area));
    picker.addEventListener("change", async () => {
      if (picker.files[0]) await sendImage(editor, picker.files[0], trouble);
      picker.value = "";
      write(editor, area);
    });
    editor.addEventListener("paste", (event) => {
      event.preventDefault();
      const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
      if (file) sendImage(editor, file, trouble).then(() => write(editor, area));
      else document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
    editor.addEventListener("drop", (event) => event.preventDefault());
    if (had) editor.focus();
  };

  /* A phrase goes where the cursor is, a signature on a line of its own; this comes before what puts it into a plain text. */
  document.addEventListener("change", (event) => {
    const select = event.target instanceof Element && event.target.closest("select[data-inserts]");
    const editor = select && select.closest("tr, form").querySelector(".editor");
    const words = select && select.selectedOptions[0]?.dataset.text;
    if (!editor || !words) return;
    event.stopImmediatePropagation();
    editor.focus();
    if (select.value === "signature" && editor.textContent.trim()) document.execCommand("insertParagraph");
    document.execCommand("insertText", false, words);
    select.value = "";
    write(editor, select.closest("tr, form").querySelector("textarea[data-formatted]"));
  }, true);

  const prepare = (root) => root.querySelectorAll("textarea[data-formatted]").forEach(enhance);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement || document));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => prepare(document));
  else prepare(document);
})();
