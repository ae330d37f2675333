/**
 * What is seen before anyone is logged in: the log-in form, or the sign-up form of those who were invited.
 */
import "./texts.js";
import { accounts } from "../../accounts.js";
import { h, icon } from "../../dom.js";
import { changeSession } from "../../session.js";
import { store } from "../../state.js";
import { textField } from "../fields.js";
import { headerTools } from "../header.js";
import { sendingForm } from "../sendingform.js";

/**
 * Builds the door.
 * @param {HTMLElement} slot
 */
export function mountDoor(slot) {
  const place = h("div");
  slot.append(
    h("header", { class: "top" }, h("p", { class: "brand" }, icon("easel"), "Atelier"), ...headerTools()),
    h("main", { class: "door-card" }, place));
  /** @type {HTMLElement|null} */
  let shown = null;
  let end = () => {};

  /** @param {(turn: () => void) => HTMLElement} view */
  function put(view) {
    end();
    const scope = store.scoped(() => view(() => {
      put(view === logInView ? signUpView : logInView);
      shown?.querySelector("input")?.focus();
    }));
    end = scope.end;
    shown = scope.made;
    place.replaceChildren(scope.made);
  }

  store.on(["session", "invitation"], () => {
    if (store.state.session?.user) {
      // Words typed here are gone with the log-in; the next person begins anew.
      shown = null;
      place.replaceChildren();
      return;
    }
    if (store.state.invitation) put(signUpView);
    else if (!shown) put(logInView);
  });
}

/** @param {() => void} turn */
function logInView(turn) {
  const form = sendingForm({
    fields: {
      name: textField({ label: "login.name", name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false" }),
      password: textField({ label: "login.password", type: "password", name: "password", autocomplete: "current-password" }),
    },
    label: "login.button",
    blame: { wrong_credentials: "password" },
    send: (values) => changeSession(() => accounts.logIn(values)),
  });
  const ended = h("p", { class: "muted", role: "status", t: "error.no_session" });
  store.on(["ended"], () => {
    ended.hidden = !store.state.ended;
  });
  return h(
    "section", { "aria-labelledby": "door-title" }, h("h1", { id: "door-title", t: "login.title" }), ended, form,
    h("p", { class: "door-turn" }, h("button", { type: "button", class: "link", t: "login.invited", onclick: turn })));
}

/** @param {() => void} turn */
function signUpView(turn) {
  const code = store.state.invitation ?? "";
  const invitation = textField({
    label: "signup.invitation", value: code, name: "invitation", autocomplete: "off", autocapitalize: "none", spellcheck: "false",
  });
  const fields = {
    invitation,
    name: textField({
      label: "login.name", hint: "signup.name.hint", name: "username", autocomplete: "username", autocapitalize: "none",
      spellcheck: "false", maxlength: 32,
    }),
    password: textField({
      label: "login.password", hint: "signup.password.hint", type: "password", name: "password", autocomplete: "new-password",
      least: 8, maxlength: 128,
    }),
  };
  const form = sendingForm({
    fields,
    label: "signup.button",
    blame: { bad_invitation: "invitation", name_taken: "name", bad_name: "name", bad_password: "password" },
    async send(values) {
      await changeSession(() => accounts.signUp({ ...values, invitation: codeOf(values.invitation) }));
      store.set({ invitation: null });
    },
  });
  return h(
    "section", { "aria-labelledby": "door-title" }, h("h1", { id: "door-title", t: "signup.title" }),
    h("p", { class: "muted", t: code ? "signup.text" : "signup.text.paste" }), form,
    h("p", { class: "door-turn" }, h("button", { type: "button", class: "link", t: "signup.member", onclick: () => {
      store.state.invitation = null;
      turn();
    } })));
}

/**
 * The code of what was pasted: the whole link or the code alone.
 * @param {string} text
 */
function codeOf(text) {
  return text.replace(/^.*#invitation=/, "");
}
