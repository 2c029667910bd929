import { admin } from './en/admin.js';
import { appliance } from './en/appliance.js';
import { application } from './en/application.js';
import { event } from './en/event.js';
import { fleet } from './en/fleet.js';
import { frame } from './en/frame.js';
import { network } from './en/network.js';
import { policy } from './en/policy.js';
import { shared } from './en/shared.js';

/** All English texts. */
export const en = { ...frame, ...shared, ...fleet, ...appliance, ...application, ...event, ...network, ...policy, ...admin } as const;
