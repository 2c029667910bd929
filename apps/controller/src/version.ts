/** Version of the controller, as the API and its description tell it. */
export const CONTROLLER_VERSION = '0.1.0';
