// Up to which message each chat was read; kept over a reload of the page, for this tab.

const KEPT = "sosik-read";

function remembered() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
  } catch {
    return new Map(); // storage forbidden, or not ours
  }
}

export function readUpto() {
  const marks = remembered();
  const newest = (chat) => chat.messages.at(-1)?.id ?? 0;
  return {
    /** The id of the last message read; a mark beyond the newest message is of an earlier playground and counts for nothing. */
    upto: (chat) => {
      const mark = marks.get(chat.id) ?? 0;
      return mark > newest(chat) ? 0 : mark;
    },
    mark: (chat) => {
      if (marks.get(chat.id) === newest(chat)) return;
      marks.set(chat.id, newest(chat));
      try {
        sessionStorage.setItem(KEPT, JSON.stringify([...marks]));
      } catch {
        // Not kept over a reload, then.
      }
    },
  };
}
