/**
 * Durations, days and numbers in the page's language.
 */
import { language, t } from "./i18n.js";

/**
 * Seconds in words a glance can take: "3 s", "2 min", "1 h 5 min".
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 90) return t("seconds", { n: whole });
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return t("minutes", { n: minutes });
  const rest = minutes % 60;
  const hours = t("hours", { n: Math.floor(minutes / 60) });
  return rest ? `${hours} ${t("minutes", { n: rest })}` : hours;
}

/**
 * A length of time just measured: one decimal below ten seconds.
 * @param {number} seconds
 */
export function measured(seconds) {
  if (seconds >= 10) return duration(seconds);
  return t("seconds", { n: number(Math.max(0.1, seconds), 1) });
}

/**
 * @param {number} value
 * @param {number} [digits] most decimals
 */
export function number(value, digits = 2) {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: digits, useGrouping: false }).format(value);
}

/**
 * The calendar day of an instant where the reader is: a key to group by.
 * @param {string} instant ISO 8601
 */
export function dayKey(instant) {
  const date = new Date(instant);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/**
 * "Today", "Yesterday", "Monday 3 November".
 * @param {string} instant ISO 8601
 */
export function dayName(instant) {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (dayKey(instant) === dayKey(today.toISOString())) return t("today");
  if (dayKey(instant) === dayKey(yesterday.toISOString())) return t("yesterday");
  const date = new Date(instant);
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { weekday: "long", day: "numeric", month: "long" };
  if (date.getFullYear() !== today.getFullYear()) options.year = "numeric";
  const name = new Intl.DateTimeFormat(language(), options).format(date);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * Day and time, for a picture's facts.
 * @param {string} instant ISO 8601
 */
export function dateTime(instant) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));
}
