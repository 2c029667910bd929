import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly label: string;
  readonly secret: string;
  /** That it is not shown again, and what to do with it. */
  readonly explain: string;
}

/** A secret that the controller tells once only. */
export function SecretOnce({ label, secret, explain }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Alert icon={<IconKey aria-hidden />} title={label} variant="outline" color="iris">
      <Stack gap="xs">
        <Text size="sm">{explain}</Text>
        <Group gap="xs" wrap="nowrap">
          <Code block style={{ flex: 1, whiteSpace: 'pre-wrap', wordBreak: 'break-all' }} data-secret>
            {secret}
          </Code>
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant="default"
                onClick={copy}
                leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
              >
                {copied ? t('action.copied') : t('action.copy')}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  );
}
