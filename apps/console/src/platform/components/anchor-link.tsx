import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react';

interface Props extends AnchorProps, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps> {
  readonly ref?: Ref<HTMLAnchorElement>;
}

function StyledAnchor(props: Props): ReactNode {
  return <Anchor inherit {...props} />;
}

/** A link to another page of the console. */
export const AnchorLink = createLink(StyledAnchor);
