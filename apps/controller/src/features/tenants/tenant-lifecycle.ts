import { Injectable } from '@nestjs/common';

type OnCreated = (tenantId: string) => Promise<void>;

/** Lets features above this one add their own rows of a new tenant in the transaction that makes it. */
@Injectable()
export class TenantLifecycle {
  private readonly actions: OnCreated[] = [];

  /** Before the application starts. */
  whenCreated(action: OnCreated): void {
    this.actions.push(action);
  }

  async created(tenantId: string): Promise<void> {
    for (const action of this.actions) await action(tenantId);
  }
}
