import { Entry } from '../runtime/entry.js';
import { boundedName, MAX_VALUE_BYTES } from './collection-bounds.js';
import type { Change, Member } from './collection-state.js';
import type { StoredCollection } from './collection-store.js';

/** A collection whose every write is one change. Names and values come to `change` within their bounds. */
export abstract class ChangingCollection implements StoredCollection {
  get(name: string): string | undefined {
    return this.value(boundedName(name));
  }

  set(name: string, value: string): void {
    this.change('set', boundedName(name), value.slice(0, MAX_VALUE_BYTES), 0);
  }

  add(name: string, amount: number): void {
    this.change('add', boundedName(name), '', amount);
  }

  delete(name: string): void {
    this.change('delete', boundedName(name), '', 0);
  }

  expire(name: string, afterMs: number): void {
    this.change('expire', boundedName(name), '', afterMs);
  }

  entries(): Entry[] {
    return this.members().map(({ name, value }) => new Entry(name, value));
  }

  protected abstract value(name: string): string | undefined;
  protected abstract members(): readonly Member[];
  protected abstract change(operation: Change['operation'], name: string, value: string, amount: number): void;
}
