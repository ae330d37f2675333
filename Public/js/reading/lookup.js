/**
 * Names as people and other programs write them, found among those on offer.
 */

/** @typedef {{name: string, aliases?: string[]}} Named */

/**
 * Lower case without spaces, `_`, `-` and file endings, `+` as `p`: `DPM++ 2M` and `dpmpp_2m` are one name.
 * @param {string} name
 */
export function folded(name) {
  return name.toLowerCase().replace(/\.(safetensors|ckpt|pt|bin)$/, "").replace(/[\s_-]/g, "").replaceAll("+", "p");
}

/**
 * @template {Named} T
 * @param {string} text
 * @param {T[]} choices
 */
export function find(text, choices) {
  const wanted = folded(text);
  return choices.find(({ name }) => folded(name) === wanted)
    ?? choices.find(({ aliases }) => aliases?.some((alias) => folded(alias) === wanted));
}

/**
 * The name on offer that is nearest to `text`, if one is near enough to be meant.
 * @template {Named} T
 * @param {string} text
 * @param {T[]} choices
 * @returns {T|undefined}
 */
export function nearest(text, choices) {
  const wanted = folded(text).slice(0, 64);
  let best;
  let least = Infinity;
  for (const choice of choices) {
    const name = folded(choice.name);
    const far = distance(wanted, name);
    // One inside the other is a version or a variant of it.
    const related = wanted.length > 3 && (name.includes(wanted) || wanted.includes(name));
    if (far < least && (related || far <= Math.max(1, Math.min(wanted.length, name.length) / 3))) {
      least = far;
      best = choice;
    }
  }
  return best;
}

/**
 * Edit distance: insertions, deletions, substitutions.
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
