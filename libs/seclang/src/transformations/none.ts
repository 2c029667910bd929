import { transformation } from './transformation.js';

/** `t:none` as a step changes nothing; in a rule it also drops the transformations inherited from SecDefaultAction. */
export const none = transformation({ name: 'none', triggers: 0, apply: (text) => text });
