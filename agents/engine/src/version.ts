/** Version of the engine, as its status and each heartbeat show it. */
export const ENGINE_VERSION = '0.1.0';
