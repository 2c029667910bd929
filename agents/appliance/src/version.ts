/** Version of the agent, as it is told to the controller. */
export const AGENT_VERSION = '0.1.0';
