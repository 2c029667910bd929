import { fleet } from './en/fleet.js';
import { frame } from './en/frame.js';
import { shared } from './en/shared.js';

/** All English texts. */
export const en = { ...frame, ...shared, ...fleet } as const;
