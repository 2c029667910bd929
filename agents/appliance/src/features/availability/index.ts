/**
 * Availability: what becomes of traffic while the engine is dead (F48). The committed policy becomes a plan for the guard (`agents/guard`), a process of
 * its own that carries it out without the agent.
 *
 * Owns `home.guard/plan.json`; the rest of that folder is the guard's.
 *
 * - A listener that several applications share, or whose origin clients could not speak with, always fails closed.
 * - In a pair the plan says how long the peer has to take over before anything may go past the engine.
 *
 * `health` takes `guard()` into each heartbeat.
 */
export { startAvailability } from './start-availability.js';
