import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

interface Props {
  readonly title: string;
  /** The state in words, before any figure. */
  readonly sentence?: ReactNode;
  readonly actions?: ReactNode;
  /** What stands above the title, for example the way back. */
  readonly above?: ReactNode;
  /** Whether the page's last part takes the rest of the window's height and scrolls by itself. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

/** One page: title, state in words, primary action, then the evidence. */
export function Page({ title, sentence, actions, above, fill = false, children }: Props): ReactNode {
  useEffect(() => {
    document.title = `${title} · Phalanx`;
  }, [title]);
  return (
    <div className={fill ? classes['fill'] : classes['page']}>
      <header className={classes['header']}>
        {above}
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="md">
          <Stack gap={2} style={{ minWidth: 0 }}>
            <Title order={1} tabIndex={-1} id="page-title">
              {title}
            </Title>
            {sentence !== undefined && (
              <Text component="div" size="md" role="status">
                {sentence}
              </Text>
            )}
          </Stack>
          {actions && (
            <Group gap="xs" wrap="nowrap">
              {actions}
            </Group>
          )}
        </Group>
      </header>
      {children}
    </div>
  );
}
