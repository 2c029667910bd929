/** Kinds of durable change that other features act on. Payloads carry ids only. */
export interface ChangeTopics {
  /** What these appliances shall run may have changed: recompute their desired state. */
  'appliance.intent': { readonly applianceId: string };
  /** The desired state of these appliances was written anew: tell them at once. */
  'appliance.reissued': { readonly applianceId: string };
  /** An enrolment became usable or stopped being so. */
  'enrolment.changed': { readonly applianceId: string; readonly serial: string };
  /** A certificate was revoked, superseded or put on hold: the broker must lock its identity out. */
  'enrolment.cut': { readonly applianceId: string; readonly serial: string };
  /** A hold was taken back: the broker must admit the identity again. */
  'enrolment.readmitted': { readonly applianceId: string; readonly serial: string };
}
export type ChangeTopic = keyof ChangeTopics;

/**
 * A transactional outbox: `emit` commits with the change itself; each topic's one consumer is called at least once, soon after the
 * commit (PostgreSQL NOTIFY) or by the sweep. Changes with the same topic and payload collapse while they wait. A consumer that rejects is tried again with back-off.
 */
export abstract class Changes {
  /** In the current transaction. */
  abstract emit<T extends ChangeTopic>(topic: T, tenantId: string, payloads: readonly ChangeTopics[T][]): Promise<void>;
  /** Registers the consumer of a topic; called with a batch of one tenant, outside of any transaction. Before the application starts. */
  abstract consume<T extends ChangeTopic>(
    topic: T,
    consumer: (tenantId: string, payloads: readonly ChangeTopics[T][]) => Promise<void>,
  ): void;
}
