import type { TextsLike } from '../platform/i18n/texts.js';
import type { en } from './en.js';
import { fleet } from './ko/fleet.js';
import { frame } from './ko/frame.js';
import { shared } from './ko/shared.js';

/** All Korean texts. */
export const ko: TextsLike<typeof en> = { ...frame, ...shared, ...fleet };
