import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface PlainColumn<T> {
  readonly id: string;
  readonly header: string;
  readonly isNumber?: boolean;
  readonly cell: (row: T) => ReactNode;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly PlainColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly empty?: ReactNode;
  readonly minWidth?: number;
}

/** A short table, drawn whole. */
export function PlainTable<T>({ label, columns, rows, keyOf, empty, minWidth = 600 }: Props<T>): ReactNode {
  if (rows.length === 0) return empty ?? null;
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native">
      <Table aria-label={label} verticalSpacing={7} horizontalSpacing="sm" fz="sm" borderColor="var(--line)">
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ id, header, isNumber }) => (
              <Table.Th key={id} scope="col" c="dimmed" fz="xs" className={isNumber ? 'number' : ''}>
                {header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ id, cell, isNumber }) => (
                <Table.Td key={id} className={isNumber ? 'number' : ''}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
