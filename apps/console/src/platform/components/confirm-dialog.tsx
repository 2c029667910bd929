import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.js';
import { ProblemAlert } from './problem.js';

interface Props {
  readonly isOpen: boolean;
  readonly title: string;
  /** What will happen, in words. */
  readonly children: ReactNode;
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** Must be typed before it can be confirmed. */
  readonly typed?: string;
  /** What else holds confirming back. */
  readonly isIncomplete?: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  /** Title of the failure. */
  readonly failed: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly size?: string;
}

/** Asks before something happens, and says what will. */
export function ConfirmDialog(props: Props): ReactNode {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={props.title} size={props.size ?? 'md'} isLight={!props.isPending}>
      <Body {...props} />
    </Dialog>
  );
}

function Body({
  children,
  confirm,
  isDangerous = false,
  typed,
  isIncomplete = false,
  isPending,
  error,
  failed,
  onConfirm,
  onClose,
}: Props): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const isReady = !isIncomplete && (typed === undefined || text.trim() === typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isPending) onConfirm();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {children}
        {typed !== undefined && (
          <TextInput
            data-autofocus
            label={t('confirm.type', { name: typed })}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {error !== null && error !== undefined && <ProblemAlert error={error} what={failed} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={isPending}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" {...(isDangerous ? { color: 'red.8' } : {})} loading={isPending} disabled={!isReady}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
