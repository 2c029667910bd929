import type { TextsLike } from '../platform/i18n/texts.js';
import type { en } from './en.js';
import { admin } from './ko/admin.js';
import { appliance } from './ko/appliance.js';
import { application } from './ko/application.js';
import { event } from './ko/event.js';
import { fleet } from './ko/fleet.js';
import { frame } from './ko/frame.js';
import { network } from './ko/network.js';
import { policy } from './ko/policy.js';
import { shared } from './ko/shared.js';

/** All Korean texts. */
export const ko: TextsLike<typeof en> = {
  ...frame,
  ...shared,
  ...fleet,
  ...appliance,
  ...application,
  ...event,
  ...network,
  ...policy,
  ...admin,
};
