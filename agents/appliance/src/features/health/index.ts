/**
 * Health: presence and heartbeats of the box. Owns the channels `up/presence` and `up/heartbeat`; reads /proc, the engine's figures
 * and what `reconcile` says is running.
 *
 * - Each connection begins with presence and a heartbeat; the connection's id ties the last will to it.
 * - A dead or slow engine never holds a heartbeat up: its figures are null then.
 */
export { startHealth } from './start-health.js';
