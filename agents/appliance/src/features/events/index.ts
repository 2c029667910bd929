/**
 * Events: ships the event segments of the engine (`engine/spool/`) and of the agent itself (`spool/`) to the controller, and records
 * the agent's own events. Owns the folder `spool/` of the box's home and the channels `up/events` and `down/ack`.
 *
 * - A file is removed when its writer has closed it, or is dead, and the controller has committed all of it.
 * - Positions are line numbers, so what is sent again is the same; the controller's ledger says where a stream stands.
 * - A last line without line feed was never answered for and is not sent.
 */
export { EventRecorder } from './event-recorder.js';
export { startEvents } from './start-events.js';
