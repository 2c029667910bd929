import { Skeleton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './virtual-table.module.css';

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  /** A CSS grid track, for example `minmax(120px, 1fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
  readonly cell: (row: T) => ReactNode;
}

interface Props<T> {
  /** What the table holds, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly onOpen?: (row: T) => void;
  readonly isLoading?: boolean;
  readonly hasMore?: boolean;
  readonly isLoadingMore?: boolean;
  readonly onMore?: () => void;
  /** Shown in place of rows when there are none. */
  readonly empty: ReactNode;
  readonly rowHeight?: number;
  /** Below this width, in pixels, the table scrolls sideways. */
  readonly minWidth?: number;
  /** Told whether the first row is in sight. */
  readonly onTop?: (isAtTop: boolean) => void;
}

/**
 * A long table that draws only the rows in sight. Keys: j and k (or arrows) move, Enter opens, / goes to the page's filter. More rows are asked for
 * before the end is reached.
 */
export function VirtualTable<T>(props: Props<T>): ReactNode {
  const {
    label,
    columns,
    rows,
    keyOf,
    onOpen,
    hasMore = false,
    isLoadingMore = false,
    onMore,
    empty,
    rowHeight = 40,
    minWidth = 760,
    onTop,
  } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  // By key, not by place: rows that come in above must not move the reader's.
  const active = activeKey === null ? -1 : rows.findIndex((row) => keyOf(row) === activeKey);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => keyOf(rows[index]!),
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const template = columns.map((column) => column.width).join(' ');

  useEffect(() => {
    if (hasMore && !isLoadingMore && rows.length > 0 && last >= rows.length - 15) onMore?.();
  }, [hasMore, isLoadingMore, last, rows.length, onMore]);

  const move = (by: number) => {
    if (rows.length === 0) return;
    const next = Math.max(0, Math.min(rows.length - 1, active + by));
    setActiveKey(keyOf(rows[next]!));
    virtual.scrollToIndex(next, { align: 'auto' });
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true }));
  };
  const open = (index: number) => {
    const row = rows[index];
    if (row !== undefined) onOpen?.(row);
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['/', () => document.querySelector<HTMLInputElement>('[data-list-filter]')?.focus()],
  ]);

  return (
    <div
      ref={scroller}
      className={classes['scroller']}
      role="table"
      aria-label={label}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < rowHeight)}
      onKeyDown={(event) => {
        if (event.target instanceof HTMLElement && event.target.closest('a, button, input') !== null) return;
        if (event.key === 'ArrowDown') move(1);
        else if (event.key === 'ArrowUp') move(-1);
        else if (event.key === 'Enter') open(active);
        else return;
        event.preventDefault();
      }}
    >
      <div className={classes['head']} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth }}>
        {columns.map((column) => (
          <div key={column.id} role="columnheader" className={column.isNumber ? 'number' : undefined}>
            {column.header}
          </div>
        ))}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative', minWidth }}>
        {items.map((item) => {
          const row = rows[item.index]!;
          return (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              data-row={item.index}
              data-active={item.index === active || undefined}
              tabIndex={item.index === Math.max(active, 0) ? 0 : -1}
              className={onOpen ? classes['openable'] : classes['row']}
              style={{ gridTemplateColumns: template, height: rowHeight, transform: `translateY(${item.start}px)` }}
              onFocus={() => setActiveKey(keyOf(row))}
              onClick={(event) => {
                if (event.target instanceof HTMLElement && event.target.closest('a, button, input')) return;
                open(item.index);
              }}
            >
              {columns.map((column) => (
                <div key={column.id} role="cell" className={column.isNumber ? `${classes['cell']} number` : classes['cell']}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {props.isLoading && rows.length === 0 && (
        <div role="status" aria-label={t('state.loading')} className={classes['waiting']}>
          {Array.from({ length: 6 }, (_, index) => (
            <Skeleton key={index} height={16} my={12} />
          ))}
        </div>
      )}
      {!props.isLoading && rows.length === 0 && empty}
      {isLoadingMore && (
        <div role="status" className={classes['more']}>
          {t('state.loadingMore')}
        </div>
      )}
    </div>
  );
}
