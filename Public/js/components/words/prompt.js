/**
 * Names and tags inside the prompt: whether they are there, put in, changed, taken out.
 */

/** @typedef {"lora"|"hypernet"|"embedding"} Kind */

/** @param {string} text */
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * @param {Kind} kind
 * @param {string} name
 */
function pattern(kind, name) {
  if (kind !== "embedding") return new RegExp(`\\s*<${kind}:${literal(name)}(?::([^>]*))?>`, "i");
  return new RegExp(`(?:,\\s*)?(?<![\\p{L}\\p{N}_-])${literal(name)}(?![\\p{L}\\p{N}_-])`, "iu");
}

/**
 * The weight a tag has, as it is written ("0.8", "0.8:0.6"); null where it is not in the prompt.
 * @param {string} prompt
 * @param {Kind} kind
 * @param {string} name
 */
export function weightIn(prompt, kind, name) {
  const found = pattern(kind, name).exec(prompt);
  return found ? found[1] ?? "1" : null;
}

/**
 * The prompt with the name in it, at the weight.
 * @param {string} prompt
 * @param {Kind} kind
 * @param {string} name
 * @param {string} [weight]
 */
export function withName(prompt, kind, name, weight = "1") {
  const text = prompt.trimEnd();
  if (kind === "embedding") {
    if (weightIn(text, kind, name) !== null) return prompt;
    return text ? `${text}${text.endsWith(",") ? "" : ","} ${name}` : name;
  }
  const tag = `<${kind}:${name}:${weight}>`;
  const there = pattern(kind, name);
  if (there.test(text)) return text.replace(there, (whole) => `${/^\s*/.exec(whole)?.[0] ?? ""}${tag}`);
  return text ? `${text} ${tag}` : tag;
}

/**
 * The prompt without the name.
 * @param {string} prompt
 * @param {Kind} kind
 * @param {string} name
 */
export const withoutName = (prompt, kind, name) => prompt.replace(pattern(kind, name), "").trimStart();
