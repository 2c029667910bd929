/**
 * MQTT topics. A box is confined by the broker to `px/v1/<identity>/#`, where the identity is its certificate's common name
 * `<appliance id>.<certificate serial>`. Tenant and appliance of a message come from the topic, never from the payload.
 */
const ROOT = 'px/v1';

/** Written by the box, read by the controller. */
export const UP_CHANNELS = ['heartbeat', 'reported', 'events', 'content', 'secret', 'renew', 'presence'] as const;
/** Written by the controller, read by the box. */
export const DOWN_CHANNELS = ['desired', 'ack', 'content', 'secret', 'renew'] as const;

export type UpChannel = (typeof UP_CHANNELS)[number];
export type DownChannel = (typeof DOWN_CHANNELS)[number];

export interface EnrolmentIdentity {
  readonly applianceId: string;
  /** Certificate serial, lower-case hex without leading zeros. */
  readonly serial: string;
}

const IDENTITY = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([0-9a-f]{1,40})$/;

/** The common name of a box's certificate, which is also its broker user name and MQTT client id. */
export function identityName({ applianceId, serial }: EnrolmentIdentity): string {
  return `${applianceId}.${serial}`;
}

/** The identity in a common name, or null when it is not one of a box. */
export function parseIdentityName(name: string): EnrolmentIdentity | null {
  const match = IDENTITY.exec(name);
  return match ? { applianceId: match[1]!, serial: match[2]! } : null;
}

export function upTopic(identity: EnrolmentIdentity, channel: UpChannel): string {
  return `${ROOT}/${identityName(identity)}/up/${channel}`;
}

export function downTopic(identity: EnrolmentIdentity, channel: DownChannel): string {
  return `${ROOT}/${identityName(identity)}/down/${channel}`;
}

/** What a box subscribes to: all of its own down channels. */
export function downFilter(identity: EnrolmentIdentity): string {
  return `${ROOT}/${identityName(identity)}/down/#`;
}

/** The controller's subscription for one up channel, shared among replicas of the named group. */
export function sharedUpFilter(group: string, channel: UpChannel): string {
  return `$share/${group}/${ROOT}/+/up/${channel}`;
}

export interface UpTopic {
  readonly identity: EnrolmentIdentity;
  readonly channel: UpChannel;
}

/** Who published where, or null for a topic that is not an up topic of a box. */
export function parseUpTopic(topic: string): UpTopic | null {
  const parts = topic.split('/');
  if (parts.length !== 5 || `${parts[0]}/${parts[1]}` !== ROOT || parts[3] !== 'up') return null;
  const identity = parseIdentityName(parts[2]!);
  const channel = UP_CHANNELS.find((name) => name === parts[4]);
  return identity && channel ? { identity, channel } : null;
}

/**
 * The broker's access list: each certificate's name may write its own up topics and read its own down topics, and the
 * controller everything. The format is Mosquitto's `acl_file`.
 */
export function brokerAccessList(controllerName: string): string {
  const up = UP_CHANNELS.map((channel) => `pattern write ${ROOT}/%u/up/${channel}`);
  return [`user ${controllerName}`, 'topic readwrite #', ...up, `pattern read ${ROOT}/%u/down/#`, ''].join('\n');
}
