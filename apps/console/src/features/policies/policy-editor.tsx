import { Alert, Button, Group, JsonInput, SegmentedControl, Stack, Text } from '@mantine/core';
import type { PolicyVersionView } from '@phalanx/contracts';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../platform/components/panel.js';
import { DraftIssues } from './draft-issues.js';
import { checkDraft, diffDocuments, draftOf, type Draft } from './policy-draft.js';
import { useLayersAbove } from './layers-above.js';
import type { PolicySubject } from './policy-scope.js';
import { PolicyPreview } from './policy-preview.js';
import { SettingsForm } from './settings-form.js';

interface Props {
  readonly subject: PolicySubject;
  readonly policy: PolicyVersionView;
  readonly canWrite: boolean;
}

/** Edits a policy as a form or as JSON. What is wrong is said while it is typed; nothing is saved before its effect was shown. */
export function PolicyEditor({ subject, policy, canWrite }: Props): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Draft>(() => draftOf(policy.document));
  const [text, setText] = useState<string | null>(null);
  const [isPreviewing, setPreviewing] = useState(false);
  const { parsed, isJson } = useMemo(() => (text === null ? { parsed: draft, isJson: true } : parseJson(text)), [draft, text]);
  const check = useMemo(() => checkDraft(parsed), [parsed]);
  const isChanged = check.document ? diffDocuments(policy.document, check.document).length > 0 : true;
  useBlocker({
    shouldBlockFn: ({ current, next }) => isChanged && canWrite && current.pathname !== next.pathname && !confirm(t('policy.leave')),
    enableBeforeUnload: () => isChanged && canWrite,
  });
  const above = useLayersAbove(subject);
  const switchMode = (mode: string) => {
    if (mode === 'json') setText(JSON.stringify(draft, null, 2));
    else if (isDraft(parsed)) {
      setDraft(parsed);
      setText(null);
    }
  };
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t('policy.mode.label')}
          value={text === null ? 'form' : 'json'}
          onChange={switchMode}
          data={[
            { value: 'form', label: t('policy.mode.form'), disabled: text !== null && !isDraft(parsed) },
            { value: 'json', label: t('policy.mode.json') },
          ]}
        />
        {canWrite ? (
          <Group gap="xs">
            {isChanged && (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setDraft(draftOf(policy.document));
                  setText(text === null ? null : JSON.stringify(policy.document, null, 2));
                }}
              >
                {t('policy.discard')}
              </Button>
            )}
            <Button size="xs" disabled={!isChanged || check.document === null} onClick={() => setPreviewing(true)}>
              {t('policy.preview.open')}
            </Button>
          </Group>
        ) : (
          <Text size="sm">{t('policy.readOnly')}</Text>
        )}
      </Group>
      {!isJson && (
        <Alert color="red" variant="outline" role="alert">
          {t('policy.notJson')}
        </Alert>
      )}
      {isJson && check.issues.length > 0 && <DraftIssues issues={check.issues} />}
      {text === null ? (
        <SettingsForm draft={draft} issues={check.issues} isReadOnly={!canWrite} onChange={setDraft} scope={subject.scope} above={above} />
      ) : (
        <Panel title={t('policy.mode.json')}>
          <JsonInput
            aria-label={t('policy.mode.json')}
            value={text}
            onChange={setText}
            readOnly={!canWrite}
            autosize
            minRows={16}
            maxRows={40}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } }}
          />
        </Panel>
      )}
      {check.document && (
        <PolicyPreview
          subject={subject}
          policy={policy}
          document={check.document}
          isOpen={isPreviewing}
          onClose={() => setPreviewing(false)}
        />
      )}
    </Stack>
  );
}

function parseJson(text: string): { parsed: unknown; isJson: boolean } {
  try {
    return { parsed: JSON.parse(text), isJson: true };
  } catch {
    // Half-typed JSON is normal: the form says that it can't be read yet.
    return { parsed: null, isJson: false };
  }
}

/** Whether the form can show it: the outer shape is right, whatever the values. */
function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null || !('settings' in value) || !('locks' in value)) return false;
  return typeof value.settings === 'object' && value.settings !== null && !Array.isArray(value.settings) && Array.isArray(value.locks);
}
