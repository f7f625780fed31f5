/*
 * Push, pull, retention, epoch cut and crash of the sync protocol: 2 devices, 2 records, 3 edits or deletions, in every order.
 *
 * An edit is a number. `seen` holds, for each edit, those that its writer had before the eyes: what it replaces knowingly. A device
 * has of each record what it knows (version, edit), at most one pending edit, one batch in flight, and a cursor. A merge of two
 * edits that do not know of each other keeps the pending one, which has then seen both, and notes both in the journal.
 *
 * Safety, at every acceptance: what is replaced was seen by who replaces it (S-I5, S-I8). At rest: every edit is current, was
 * seen by what is current, or is accounted for (C-I5, S-I3); all devices and the server agree (C-I8). Liveness: no state
 * without a next step but rest, and no cycle without progress (C-I7).
 *
 * Each of these defects must be refuted: NO_CAS CURSOR_FIRST NO_HORIZON DROP_ON_CRASH FORGET_ON_CUT NO_LINEAGE
 */
#define DEVICES 2
#define RECORDS 2
#ifndef OPS
#define OPS 3
#endif
#define bit(e) (1 << (e))

byte head, horizon, ops, losses, purges;
byte version[RECORDS], edit[RECORDS];
bool hasBackup, wasCut;
byte cutAt, backupHead, backupHorizon, backupVersion[RECORDS], backupEdit[RECORDS];

byte seen[OPS + 1];
bool isDeletion[OPS + 1];
byte recordOf[OPS + 1];
byte accounted;

typedef Device {
  byte cursor;
  bool epoch;             /* the cursor is of after the cut */
  byte known[RECORDS];    /* version */
  byte has[RECORDS];      /* edit */
  byte pending[RECORDS];
  byte flight, base, sent;/* record + 1, what the batch is based on, the edit in it */
  byte answer;            /* the version it got; the server keeps it for the key */
}
Device d[DEVICES];
byte i, r, e;

/* A remote edit e of record r arrives at device i, at version v. */
inline take(v) {
  if
  :: v < d[i].known[r] -> skip
  :: else ->
     if
     :: d[i].pending[r] == 0 || d[i].pending[r] == e || (seen[d[i].pending[r]] & bit(e)) -> skip
     :: else ->
        if
        :: (seen[e] & bit(d[i].pending[r])) -> d[i].pending[r] = 0
        :: !(seen[e] & bit(d[i].pending[r])) && isDeletion[d[i].pending[r]] ->
           /* Edit beats delete, and two deletions are one. */
           accounted = accounted | seen[d[i].pending[r]];
           d[i].pending[r] = 0
        :: else ->
           accounted = accounted | bit(e) | bit(d[i].pending[r]);
           seen[d[i].pending[r]] = seen[d[i].pending[r]] | seen[e]
        fi
     fi;
     d[i].known[r] = v; d[i].has[r] = e
  fi
}

inline shown(x) { x = (d[i].pending[r] != 0 -> d[i].pending[r] : d[i].has[r]) }

/* A person edits or deletes what the device shows. */
inline write(deletes) {
  ops++;
  shown(e);
  isDeletion[ops] = deletes;
  recordOf[ops] = r;
  seen[ops] = bit(ops) | (e == 0 -> 0 : seen[e]);
  d[i].pending[r] = ops
}

inline send() {
  d[i].flight = r + 1; d[i].base = d[i].known[r]; d[i].sent = d[i].pending[r]; d[i].answer = 0
}

/* Under the collection's lock: the key, then unchanged, then compare and set. */
inline arrive() {
  r = d[i].flight - 1;
  if
  :: d[i].answer != 0 -> skip
  :: d[i].answer == 0 && version[r] != 0 && edit[r] == d[i].sent -> d[i].answer = version[r]
#ifdef NO_CAS
  :: d[i].answer == 0 && !(version[r] != 0 && edit[r] == d[i].sent) ->
#else
  :: d[i].answer == 0 && !(version[r] != 0 && edit[r] == d[i].sent) && version[r] == d[i].base ->
#endif
     assert(version[r] == 0 || (seen[d[i].sent] & bit(edit[r])));
     head++;
     version[r] = head; edit[r] = d[i].sent; d[i].answer = head
  :: else -> skip
  fi
}

inline dropFlight() { d[i].flight = 0; d[i].base = 0; d[i].sent = 0; d[i].answer = 0 }

inline settle() {
  r = d[i].flight - 1;
  if
  :: d[i].answer != 0 ->
     if
     :: d[i].pending[r] == d[i].sent -> d[i].pending[r] = 0
     :: else -> skip
     fi;
     if
     :: d[i].answer >= d[i].known[r] -> d[i].known[r] = d[i].answer; d[i].has[r] = d[i].sent
     :: else -> skip
     fi
  :: d[i].answer == 0 && version[r] != 0 -> e = edit[r]; take(version[r])
  :: else -> d[i].known[r] = 0; d[i].has[r] = 0 /* nothing stands there: it goes out as something new */
  fi;
  dropFlight()
}

#ifdef NO_LINEAGE
#define goesOn (true)
#else
#define goesOn (d[i].epoch == wasCut || d[i].cursor <= cutAt)
#endif
#ifdef NO_HORIZON
#define isKept (true)
#else
#define isKept (d[i].cursor >= horizon)
#endif

inline applyOne() {
  if
  :: version[r] > d[i].cursor -> e = edit[r]; take(version[r])
  :: else -> skip
  fi
}

/* 410: everything anew. What the server lost in a cut is proposed again; what it does not offer any more was deleted. */
inline resyncOne() {
     if
#ifndef FORGET_ON_CUT
     :: d[i].epoch != wasCut && d[i].known[r] > cutAt && edit[r] != d[i].has[r] ->
        if
        :: d[i].pending[r] == 0 -> d[i].pending[r] = d[i].has[r]
        :: else -> skip
        fi;
        d[i].known[r] = 0; d[i].has[r] = 0
#endif
     :: version[r] == 0 -> d[i].known[r] = 0; d[i].has[r] = 0;
        if
        :: d[i].pending[r] != 0 && isDeletion[d[i].pending[r]] ->
           accounted = accounted | seen[d[i].pending[r]]; d[i].pending[r] = 0
        :: else -> skip
        fi
     :: else -> d[i].known[r] = 0
     fi;
     if
     :: version[r] != 0 -> e = edit[r]; take(version[r])
     :: else -> skip
     fi
}

inline purge() {
  /* A deletion that is forgotten has done what it was for. */
  accounted = accounted | seen[edit[r]];
  purges++;
  if
  :: version[r] > horizon -> horizon = version[r]
  :: else -> skip
  fi;
  version[r] = 0; edit[r] = 0
}

inline backUp() {
  hasBackup = true; backupHead = head; backupHorizon = horizon;
  backupVersion[0] = version[0]; backupVersion[1] = version[1];
  backupEdit[0] = edit[0]; backupEdit[1] = edit[1]
}

inline restore() {
  wasCut = true; cutAt = backupHead; head = backupHead; horizon = backupHorizon;
  version[0] = backupVersion[0]; version[1] = backupVersion[1];
  edit[0] = backupEdit[0]; edit[1] = backupEdit[1];
  /* The answers that were kept for keys are of the lost history too. */
  if
  :: d[0].answer > backupHead -> d[0].answer = 0
  :: else -> skip
  fi;
  if
  :: d[1].answer > backupHead -> d[1].answer = 0
  :: else -> skip
  fi
}

#define isEmpty(x) (d[x].pending[0] == 0 && d[x].pending[1] == 0 && d[x].flight == 0)
#define isThere(x) (d[x].cursor == head && d[x].epoch == wasCut)

#define isGone(x) ((x) == 0 || isDeletion[x])

/* A tombstone and nothing look alike. */
inline checkRecord(x) {
  assert(isGone(edit[x]) == isGone(d[0].has[x]) && isGone(edit[x]) == isGone(d[1].has[x]));
  assert(isGone(edit[x]) || (edit[x] == d[0].has[x] && edit[x] == d[1].has[x]))
}

inline checkEdit(x) {
  assert((accounted & bit(x)) || (edit[recordOf[x]] != 0 && (seen[edit[recordOf[x]]] & bit(x))))
}

active proctype world() {
  do
  :: d_step { ops < OPS -> i = 0; r = 0; write(false) }
  :: d_step { ops < OPS -> i = 0; r = 1; write(false) }
  :: d_step { ops < OPS -> i = 1; r = 0; write(false) }
  :: d_step { ops < OPS && !(d[0].pending[0] == 0 && d[0].has[0] == 0) -> i = 0; r = 0; write(true) }
  :: d_step { ops < OPS && !(d[1].pending[0] == 0 && d[1].has[0] == 0) -> i = 1; r = 0; write(true) }

  :: d_step { d[0].flight == 0 && d[0].pending[0] != 0 -> i = 0; r = 0; send() }
  :: d_step { d[0].flight == 0 && d[0].pending[1] != 0 -> i = 0; r = 1; send() }
  :: d_step { d[1].flight == 0 && d[1].pending[0] != 0 -> i = 1; r = 0; send() }
  :: d_step { d[1].flight == 0 && d[1].pending[1] != 0 -> i = 1; r = 1; send() }

  /*
   * Epoch and cursor go with the batch: where they may not go on it is refused, and the device pulls first. The reply brings
   * what others did since (R12).
   */
  :: d_step { d[0].flight != 0 && (d[0].epoch == wasCut) && (d[0].cursor >= horizon) -> i = 0;
     arrive(); settle(); r = 0; applyOne(); r = 1; applyOne(); d[0].cursor = head }
  :: d_step { d[1].flight != 0 && (d[1].epoch == wasCut) && (d[1].cursor >= horizon) -> i = 1;
     arrive(); settle(); r = 0; applyOne(); r = 1; applyOne(); d[1].cursor = head }
  /* The reply is lost, or the device crashes before it is written down: the same bytes go out again. */
  :: d_step { d[0].flight != 0 && (d[0].epoch == wasCut) && (d[0].cursor >= horizon) && losses < 1 -> i = 0; losses++; arrive();
#ifdef DROP_ON_CRASH
     d[0].pending[d[0].flight - 1] = 0; d[0].flight = 0; d[0].base = 0; d[0].sent = 0; d[0].answer = 0
#endif
     }
  :: d_step { d[1].flight != 0 && (d[1].epoch == wasCut) && (d[1].cursor >= horizon) && losses < 1 -> i = 1; losses++; arrive() }

  :: d_step { !isThere(0) -> i = 0;
     if
     :: goesOn && isKept -> r = 0; applyOne(); r = 1; applyOne()
     :: else -> r = 0; resyncOne(); r = 1; resyncOne(); dropFlight()
     fi;
     d[0].cursor = head; d[0].epoch = wasCut }
  :: d_step { !isThere(1) -> i = 1;
     if
     :: goesOn && isKept -> r = 0; applyOne(); r = 1; applyOne()
     :: else -> r = 0; resyncOne(); r = 1; resyncOne(); dropFlight()
     fi;
     d[1].cursor = head; d[1].epoch = wasCut }
#ifdef CURSOR_FIRST
  /* The cursor is written down, then the device crashes before the rows are. */
  :: d_step { !isThere(0) && losses < 1 -> losses++; d[0].cursor = head; d[0].epoch = wasCut }
#endif

  :: d_step { purges < 1 && edit[0] != 0 && isDeletion[edit[0]] -> r = 0; purge() }
  :: d_step { !hasBackup && head > 0 -> backUp() }
  :: d_step { hasBackup && !wasCut && head > backupHead -> restore() }

  :: d_step { ops == OPS && isEmpty(0) && isEmpty(1) && isThere(0) && isThere(1) ->
     checkRecord(0); checkRecord(1); checkEdit(1); checkEdit(2); checkEdit(3) } -> break
  od
}
