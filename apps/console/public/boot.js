/* global localStorage, matchMedia, document */
// Runs before anything else: the page must not flash in the wrong scheme, and the schema library must not try `new Function`, which the
// content security policy forbids.
globalThis.__zod_globalConfig = { jitless: true };
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('mantine-color-scheme-value');
  } catch (error) {
    // Storage may be switched off: the system's scheme is taken then.
    void error;
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
