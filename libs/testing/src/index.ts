export { freePort } from './net/free-port.js';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres/postgres-server.js';
export { Child, type ChildOptions } from './processes/child.js';
export { waitUntil, type WaitOptions } from './processes/wait-until.js';
