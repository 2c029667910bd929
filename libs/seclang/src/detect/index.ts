/** Injection detectors behind `@detectSQLi` and `@detectXSS`: pure functions over byte strings, linear in their input. */
export { detectSqlInjection } from './sql-injection.js';
export { separates } from './sql-glance.js';
export { detectXss } from './cross-site-scripting.js';
