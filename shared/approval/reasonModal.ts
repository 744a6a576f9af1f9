import type { ModalView } from '@slack/web-api';
import { REASON_BLOCK, REASON_MODAL } from './interaction';

/** The modal that asks why it is a false positive. What it is about travels in its private metadata, signed by Slack. */
export const reasonModal = (value: string, channel: string | null): ModalView => ({
  type: 'modal',
  callback_id: REASON_MODAL,
  private_metadata: JSON.stringify({ value, channel }),
  title: { type: 'plain_text', text: 'False positive' },
  submit: { type: 'plain_text', text: 'Release' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    {
      type: 'section',
      text: {
        type: 'plain_text',
        text: 'The function is put back as it was, without a new version of its code. Your reason goes into the post-mortem.',
      },
    },
    {
      type: 'input',
      block_id: REASON_BLOCK,
      label: { type: 'plain_text', text: 'Why is this a false positive?' },
      element: {
        type: 'plain_text_input',
        action_id: REASON_BLOCK,
        multiline: true,
        min_length: 3,
        max_length: 1000,
      },
    },
  ],
});
