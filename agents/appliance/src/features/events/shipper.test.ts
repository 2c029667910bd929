import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeDisk, silentLogger } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { readBootId } from '../../platform/box-identity.js';
import { LoopbackController } from '../../testing/loopback-controller.js';
import { SegmentWriter } from '../../testing/segment-writer.js';
import { ProgressFile } from './progress-file.js';
import { Shipper } from './shipper.js';
import { Spool } from './spool.js';

let folder: string;
let controller: LoopbackController;
let spool: Spool;
let shipper: Shipper;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-shipper-'));
  controller = new LoopbackController();
  spool = new Spool([folder]);
  const progress = new ProgressFile(folder, nodeDisk, silentLogger);
  shipper = new Shipper({ link: controller, spool, progress, disk: nodeDisk, bootId: readBootId(), logger: silentLogger });
  controller.onDown('ack', (payload) => shipper.answered(payload, 0));
  controller.connect();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const batches = () => controller.published.length;

describe('the shipper’s patience', () => {
  it('sends what was not answered again, after the deadline and a pause', () => {
    controller.faults = { isLost: () => true };
    new SegmentWriter(folder).add('{}').close();
    spool.scan();
    shipper.pump(0);
    shipper.pump(14_000);
    expect(batches()).toBe(1);
    shipper.pump(15_000);
    expect(batches()).toBe(1);
    shipper.pump(17_000);
    expect(batches()).toBe(2);
    expect(controller.published[1]).toEqual(controller.published[0]);
  });

  it('pauses all streams when the controller asks for it', async () => {
    const [one, other] = [new SegmentWriter(folder), new SegmentWriter(folder)];
    for (const writer of [one, other]) writer.add('{}');
    controller.faults = { isLost: () => true };
    spool.scan();
    shipper.pump(0);
    controller.send({ stream: one.stream, next: 1, pauseMs: 5_000 });
    controller.send({ stream: other.stream, next: 1 });
    one.add('{}');
    shipper.pump(4_000);
    expect(batches()).toBe(2);
    shipper.pump(5_000);
    expect(batches()).toBe(3);
  });

  it('keeps a file until the answer that covers all of it, whatever else is said', async () => {
    const writer = new SegmentWriter(folder).add('{}', '{}', '{}').close();
    controller.faults = { isLost: () => true };
    spool.scan();
    shipper.pump(0);
    for (const ack of ['nonsense', '{"stream":1}', JSON.stringify({ stream: writer.stream, next: 0 })])
      shipper.answered(Buffer.from(ack), 0);
    controller.send({ stream: writer.stream, next: null, pauseMs: 1 });
    controller.send({ stream: writer.stream, next: 2 });
    expect(existsSync(writer.path)).toBe(true);
    controller.faults = {};
    // The controller has nothing yet, whatever was said: it asks for all of it.
    await waitUntil('the removal', () => {
      shipper.pump(20_000);
      return !existsSync(writer.path);
    });
    expect(controller.total()).toBe(3);
  });
});
