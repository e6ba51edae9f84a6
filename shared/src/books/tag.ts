/** What a tag says of a change: the record's kind and its thread (messages) or itself (everything else). */
export interface Tag {
  readonly kind: string;
  readonly root: string;
}
