import { Injectable } from '@nestjs/common';
import type { IncomingReport } from './incoming-report.js';

type Listener = (report: IncomingReport) => Promise<void>;

/** Who wants to see each reported state that was accepted. */
@Injectable()
export class ReportListeners {
  private readonly listeners: Listener[] = [];

  /** Called in the transaction in which the report is taken. Before the application starts. */
  whenAccepted(listener: Listener): void {
    this.listeners.push(listener);
  }

  async tell(report: IncomingReport): Promise<void> {
    for (const listener of this.listeners) await listener(report);
  }
}
