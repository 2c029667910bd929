/** The agent's core, for the simulator and for tests: the same code that `main.ts` runs. */
export { type AgentOptions, type RunningAgent, startAgent } from './agent.js';
export type { ClaimOptions } from './agent.config.js';
export { startHa } from './features/ha/index.js';
export { BoxHome } from './platform/box-home.js';
export type { EngineLink } from './platform/engine-link.js';
export { type RunTool, runTool } from './platform/system-tools.js';
export { MqttControllerLink } from './platform/mqtt-controller-link.js';
export type { LinkCredentials } from './platform/link-connection.js';
export { type BlocksFeature, type BlocksOptions, startBlocks } from './features/blocks/index.js';
export { MemoryDriver } from './platform/memory-driver.js';
export { MemoryEngine, type MemoryEngineOptions } from './platform/memory-engine.js';
