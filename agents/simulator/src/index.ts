/** Many boxes in one process: the agent's real core on modelled hardware, for scale tests and rehearsals. */
export { startSimulatedBox, type SimulatedBox, type SimulatedBoxOptions } from './simulated-box.js';
