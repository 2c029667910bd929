/** Injection detectors behind `@detectSQLi` and `@detectXSS`: pure functions over byte strings, linear in their input. */
export { detectSqlInjection, separates } from './sql-injection.js';
export { detectXss } from './cross-site-scripting.js';
