// Runs before the first paint, so that a remembered theme or language never flashes the other one.
(function () {
  try {
    var theme = localStorage.getItem("atelier.theme");
    if (theme) document.documentElement.dataset.theme = theme;
    var lang = localStorage.getItem("atelier.lang") || (/^fr/i.test(navigator.language) ? "fr" : "en");
    document.documentElement.lang = lang;
  } catch (error) {
    // Storage may be forbidden; the system's theme and the browser's language then stand.
  }
})();
