import { ActionIcon, Checkbox, Menu, Stack, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconColumns3 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from './virtual-table.js';

interface Choice<T> {
  readonly columns: readonly Column<T>[];
  /** The button that opens the list of columns. */
  readonly menu: ReactNode;
}

/** Lets the reader hide columns of a table; remembered under the table's name. The first column always stays. */
export function useColumnChoice<T>(table: string, columns: readonly Column<T>[]): Choice<T> {
  const { t } = useTranslation();
  const [hidden, setHidden] = useLocalStorage<string[]>({
    key: `phalanx.columns.${table}`,
    defaultValue: [],
    getInitialValueInEffect: false,
  });
  const menu = (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label={t('table.columns')}>
          <ActionIcon variant="default" size={30} aria-label={t('table.columns')}>
            <IconColumns3 size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Stack gap={8} p="xs">
          {columns.slice(1).map(({ id, header }) => (
            <Checkbox
              key={id}
              size="xs"
              label={header}
              checked={!hidden.includes(id)}
              onChange={(event) => setHidden(event.currentTarget.checked ? hidden.filter((other) => other !== id) : [...hidden, id])}
            />
          ))}
        </Stack>
      </Menu.Dropdown>
    </Menu>
  );
  return { columns: columns.filter(({ id }, index) => index === 0 || !hidden.includes(id)), menu };
}
