------------------------------ MODULE AfterYou ------------------------------
(* One lock among three peers: Ricart-Agrawala with epochs, and with a lease.  *)
(* Each action is one rule of the protocol and begins with the rule's number;  *)
(* README.md says what is left out. Ricart and Agrawala, CACM 24(1), 1981,     *)
(* https://doi.org/10.1145/358527.358537                                       *)
(*                                                                             *)
(* A message is what its sender remembers of it: it may arrive at any later    *)
(* time, often or never. A crash is a peer that does nothing any more.         *)
EXTENDS Naturals, FiniteSets

CONSTANTS
    Askers,     \* the peers that ask for the lock; the others are witnesses only
    Restarting, \* the peers that may restart, with empty memory, at any time
    T,          \* the lease in ticks; 0 = off
    Dropped     \* the rule that this run leaves out, "none" for the protocol

Peers == 1..3
Others(p) == Peers \ {p}
Rivals(p) == Askers \ {p} \* who never asks has nothing to permit

VARIABLES
    epoch,    \* of each peer
    known,    \* known[p][q]: the newest epoch of q that p knows
    state,    \* "IDLE", "WANTED" or "HELD"
    clock,    \* Lamport time
    stamp,    \* time of the own request, 0 = none; the id breaks ties
    sent,     \* sent[p]: PERMISSIONs for p's present request, as <<sender, its epoch>>
    granted,  \* granted[p]: whose permission p has counted
    now,      \* the time, in ticks
    standing, \* whether a peer believes itself in standing
    onItsWay, \* send time of p's newest acknowledged heartbeat, the ACK not yet received; 0 = none
    acked,    \* the same, the ACK received
    lastAck,  \* lastAck[w][p]: when w last acknowledged p, or w's own start
    absent,   \* absent[p]: whom p has found absent
    round     \* round[p][x]: t0 of p's running witness round about x, 0 = none

core == <<epoch, known, state, clock, stamp, sent, granted>>
lease == <<now, standing, onItsWay, acked, lastAck, absent, round>>
vars == <<core, lease>>

Min(a, b) == IF a < b THEN a ELSE b
Max(a, b) == IF a < b THEN b ELSE a
Each(value) == [p \in Peers |-> value]

Init ==
    /\ epoch = Each(0) /\ known = Each(Each(0))
    /\ state = Each("IDLE") /\ clock = Each(0) /\ stamp = Each(0)
    /\ sent = Each({}) /\ granted = Each({})
    /\ now = T /\ standing = Each(T = 0)
    /\ onItsWay = Each(0) /\ acked = Each(0) /\ lastAck = Each(Each(now))
    /\ absent = Each({}) /\ round = Each(Each(0))

-----------------------------------------------------------------------------
(* Words *)

\* One acknowledgement is enough: with p itself that is two of three.
InTime(p) == T = 0 \/ now - acked[p] < T

\* S0 comes before every event: who has lapsed does nothing else first.
Awake(p) == (standing[p] /\ Dropped # "S0") => InTime(p)

Active(p) == standing[p] /\ Awake(p)

Asking(p) == state[p] = "WANTED" /\ stamp[p] # 0

Older(p, q) == stamp[p] < stamp[q] \/ (stamp[p] = stamp[q] /\ p < q /\ Dropped # "C1tie")

\* Lamport times are only compared, so they are numbered anew, in the same order and with gaps, at each
\* request. The new stamp may be any above the own clock: more than a peer can see, never less.
Times == {clock[p] : p \in Askers} \union ({stamp[p] : p \in Askers} \ {0})
Rank(times, time) == 2 * Cardinality({earlier \in times : earlier < time}) + 1
RankOrNone(times, time) == IF time = 0 THEN 0 ELSE Rank(times, time)

NewStamp(p) == LET times == Times IN
    \E time \in Rank(times, clock[p]) + 1 .. 2 * Cardinality(times) :
        /\ stamp' = [q \in Peers |-> IF q = p THEN time ELSE RankOrNone(times, stamp[q])]
        /\ clock' = [q \in Peers |-> IF q = p THEN time ELSE Rank(times, clock[q])]

-----------------------------------------------------------------------------
(* Core *)

C1Ask(p) ==
    /\ Active(p) /\ state[p] = "IDLE"
    /\ state' = [state EXCEPT ![p] = "WANTED"]
    /\ NewStamp(p)
    /\ UNCHANGED <<epoch, known, sent, granted, lease>>

\* S2: to ask, to count and to defer for being WANTED takes standing.
Defers(q, p) == state[q] = "HELD" \/ (Active(q) /\ Asking(q) /\ Older(q, p))

A2Heard(p, x) ==
    /\ absent' = IF Dropped = "A2" THEN absent ELSE [absent EXCEPT ![p] = @ \ {x}]
    /\ round' = IF Dropped \in {"A2", "A2round"} THEN round ELSE [round EXCEPT ![p][x] = 0]

\* What C4 forgets when q learns of a newer epoch of p.
C4Forget(q, p) == IF known[q][p] < epoch[p] /\ Dropped # "C4"
    THEN [granted EXCEPT ![q] = @ \ {p}] ELSE granted

\* q answers p. A deferred request is one that arrives again later.
C2OnRequest(q, p) ==
    /\ Active(p) /\ Asking(p) /\ Awake(q) /\ ~Defers(q, p)
    /\ sent' = [sent EXCEPT ![p] = @ \union {<<q, epoch[q]>>}]
    /\ clock' = IF Dropped = "C2clock" THEN clock ELSE [clock EXCEPT ![q] = Max(@, stamp[p])]
    /\ known' = [known EXCEPT ![q][p] = epoch[p]]
    /\ granted' = C4Forget(q, p)
    /\ A2Heard(q, p)
    /\ UNCHANGED <<epoch, state, stamp, now, standing, onItsWay, acked, lastAck>>

C4NotOld(p, q, e) == e >= known[p][q] \/ Dropped = "C4old"

C3OnPermission(p, q) == \E <<sender, e>> \in sent[p] :
    /\ sender = q /\ C4NotOld(p, q, e)
    /\ Active(p) /\ Asking(p)
    /\ granted' = [granted EXCEPT ![p] = @ \union {q}]
    /\ known' = [known EXCEPT ![p][q] = Max(@, e)]
    /\ A2Heard(p, q)
    /\ UNCHANGED <<epoch, state, clock, stamp, sent, now, standing, onItsWay, acked, lastAck>>

\* With the lease off this is C5's enter: nobody is ever absent.
A3Enter(p) ==
    /\ Active(p) /\ Asking(p)
    /\ Rivals(p) \subseteq granted[p] \union absent[p]
    /\ state' = [state EXCEPT ![p] = "HELD"]
    /\ UNCHANGED <<epoch, known, clock, stamp, sent, granted, lease>>

\* Exit or cancel.
C5Exit(p) ==
    /\ Awake(p) /\ state[p] # "IDLE"
    /\ state' = [state EXCEPT ![p] = "IDLE"]
    /\ stamp' = [stamp EXCEPT ![p] = 0]
    /\ sent' = IF Dropped = "C3stamp" THEN sent ELSE [sent EXCEPT ![p] = {}]
    /\ granted' = IF Dropped = "C5" THEN granted ELSE [granted EXCEPT ![p] = {}]
    /\ UNCHANGED <<epoch, known, clock, lease>>

Restart(p) ==
    /\ p \in Restarting
    /\ epoch' = [epoch EXCEPT ![p] = @ + 1]
    /\ known' = [known EXCEPT ![p] = Each(0)]
    /\ state' = [state EXCEPT ![p] = "IDLE"]
    /\ clock' = [clock EXCEPT ![p] = 0]
    /\ stamp' = [stamp EXCEPT ![p] = 0]
    /\ sent' = [sent EXCEPT ![p] = {}]
    /\ granted' = [granted EXCEPT ![p] = {}]
    /\ standing' = [standing EXCEPT ![p] = T = 0]
    /\ onItsWay' = [onItsWay EXCEPT ![p] = 0]
    /\ acked' = [acked EXCEPT ![p] = 0]
    /\ lastAck' = [lastAck EXCEPT ![p] = Each(IF Dropped = "A1start" THEN 0 ELSE now)]
    /\ absent' = [absent EXCEPT ![p] = {}]
    /\ round' = [round EXCEPT ![p] = Each(0)]
    /\ UNCHANGED now

-----------------------------------------------------------------------------
(* Standing and absence *)

Tick == T > 0 /\ now' = now + 1 /\ UNCHANGED <<core, standing, onItsWay, acked, lastAck, absent, round>>

\* p's heartbeat reaches w, which acknowledges it at once.
S0Heartbeat(p, w) ==
    /\ Awake(p) /\ Awake(w)
    /\ lastAck' = [lastAck EXCEPT ![w][p] = now]
    /\ onItsWay' = [onItsWay EXCEPT ![p] = now]
    /\ UNCHANGED <<core, now, standing, acked, absent, round>>

SendTime(p) == IF Dropped = "S0sent" THEN now ELSE onItsWay[p]

S0OnAck(p) ==
    /\ Active(p) /\ acked[p] < onItsWay[p]
    /\ acked' = [acked EXCEPT ![p] = SendTime(p)]
    /\ UNCHANGED <<core, now, standing, onItsWay, lastAck, absent, round>>

S0Lapse(p) ==
    /\ standing[p] /\ ~InTime(p)
    /\ standing' = [standing EXCEPT ![p] = FALSE]
    /\ state' = [state EXCEPT ![p] = IF @ = "HELD" THEN "IDLE" ELSE @]
    /\ stamp' = [stamp EXCEPT ![p] = IF state[p] = "WANTED" /\ Dropped = "S1" THEN @ ELSE 0]
    /\ epoch' = [epoch EXCEPT ![p] = @ + 1]
    /\ sent' = [sent EXCEPT ![p] = {}]
    /\ granted' = [granted EXCEPT ![p] = {}]
    /\ onItsWay' = [onItsWay EXCEPT ![p] = 0]
    /\ acked' = [acked EXCEPT ![p] = 0]
    /\ absent' = IF Dropped = "S0absent" THEN absent ELSE [absent EXCEPT ![p] = {}]
    /\ round' = IF Dropped = "S0round" THEN round ELSE [round EXCEPT ![p] = Each(0)]
    /\ UNCHANGED <<known, clock, now, lastAck>>

S1Gain(p) ==
    /\ ~standing[p] /\ now - onItsWay[p] < T
    /\ standing' = [standing EXCEPT ![p] = TRUE]
    /\ acked' = [acked EXCEPT ![p] = SendTime(p)]
    /\ IF state[p] = "WANTED" /\ stamp[p] = 0 THEN NewStamp(p) ELSE UNCHANGED <<stamp, clock>>
    /\ UNCHANGED <<epoch, known, state, sent, granted, now, onItsWay, lastAck, absent, round>>

\* p's own answer is the first of two; without it the round cannot succeed.
A1Round(p, x) ==
    /\ Active(p) /\ x \notin absent[p]
    /\ now - lastAck[p][x] >= T
    /\ round' = [round EXCEPT ![p][x] = now]
    /\ UNCHANGED <<core, now, standing, onItsWay, acked, lastAck, absent>>

Counts(p, x, w) ==
    LET d == now - lastAck[w][x] IN
    CASE Dropped = "A1majority" -> TRUE
      [] Dropped = "A1running" -> d >= T
      [] OTHER -> d >= T + (now - round[p][x])

\* w is asked, and p has the answer.
A1Answer(p, x, w) ==
    /\ round[p][x] > 0 /\ Awake(p) /\ Awake(w) /\ Counts(p, x, w)
    /\ absent' = [absent EXCEPT ![p] = @ \union {x}]
    /\ round' = [round EXCEPT ![p][x] = 0]
    /\ UNCHANGED <<core, now, standing, onItsWay, acked, lastAck>>

-----------------------------------------------------------------------------
Leased == IF T > 0 THEN Askers ELSE {}

Next ==
    \/ \E p \in Peers : Restart(p)
    \/ \E p \in Askers : C1Ask(p) \/ A3Enter(p) \/ C5Exit(p)
    \/ \E p \in Askers : \E q \in Rivals(p) : C2OnRequest(q, p) \/ C3OnPermission(p, q)
    \/ Tick
    \/ \E p \in Leased : S0Lapse(p) \/ S1Gain(p) \/ S0OnAck(p)
    \/ \E p \in Leased : \E w \in Others(p) : S0Heartbeat(p, w)
    \/ \E p \in Leased : \E x \in Rivals(p) : A1Round(p, x)
    \/ \E p \in Leased : \E x \in Rivals(p) : \E w \in Peers \ {p, x} : A1Answer(p, x, w)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What has to hold *)

Effective(p) == state[p] = "HELD" /\ standing[p] /\ InTime(p)

MutualExclusion == \A p, q \in Askers : Effective(p) /\ Effective(q) => p = q

\* Whoever permitted me in its present epoch is not before me.
PermissionsAreJustified == \A p \in Askers : Asking(p) /\ Active(p) =>
    \A q \in granted[p] : known[p][q] = epoch[q] /\ Active(q) => ~Defers(q, p)

NoTwoSkipEachOther == \A p, q \in Askers :
    Active(p) /\ Active(q) => ~(q \in absent[p] /\ p \in absent[q])

NothingWithoutStanding == \A p \in Askers :
    ~standing[p] => state[p] # "HELD" /\ stamp[p] = 0 /\ granted[p] = {} /\ absent[p] = {}

NoEpochFromTheFuture == \A p, q \in Peers : known[p][q] <= epoch[q]

EpochsNeverFall == [][\A p \in Peers : epoch[p] <= epoch'[p]]_vars

(* What must be able to happen, or the model shows nothing: TLC has to refute it *)

NobodyIsInsidePastAnAbsentPeer == \A p \in Askers : Effective(p) => absent[p] = {}

-----------------------------------------------------------------------------
(* Why TLC ends, with time, requests, lapses and restarts without bound: what  *)
(* nobody can tell apart is one state. Times count by their age up to T, stamps *)
(* by their order, epochs by whether they are the present one; what the next   *)
(* rule forgets anyway, and what no rule reads any more, does not count.        *)

Age(time, limit) == Min(now - time, limit)

Request(p, times) == IF ~Asking(p) THEN 0 ELSE
    << Rank(times, stamp[p]),
       {<<q, known[p][q] = epoch[q]>> : q \in granted[p]},
       {<<m[1], m[2] = epoch[m[1]]>> : m \in {m \in sent[p] :
            m[2] > known[p][m[1]] \/ (C4NotOld(p, m[1], m[2]) /\ m[1] \notin granted[p])}} >>

\* A round can only count now or never: the answers age as fast as it runs.
Promising(p) == {x \in Rivals(p) : round[p][x] > 0 /\ \A w \in Peers \ {p, x} : Counts(p, x, w)}

PeerView(p, times) ==
    IF ~Awake(p) THEN <<state[p] = "WANTED", Rank(times, clock[p])>>
    ELSE << state[p], Rank(times, clock[p]), Request(p, times), standing[p],
            Age(acked[p], T), Age(onItsWay[p], T), absent[p], Promising(p) >>

\* Without one of these rules more can be told apart: a round that may yet count, or what would be forgotten.
Leftover(p, times) ==
    CASE Dropped = "A1running" -> {x \in Rivals(p) : round[p][x] > 0}
      [] Dropped \in {"C3stamp", "C5", "S0absent", "S0round"} ->
           << RankOrNone(times, stamp[p]), granted[p], {m[1] : m \in sent[p]}, absent[p],
              {x \in Rivals(p) : round[p][x] > 0} >>
      [] OTHER -> 0

View == LET times == Times IN <<
    [p \in Askers |-> PeerView(p, times)],
    [p \in Askers |-> Leftover(p, times)],
    [w \in Peers |-> [x \in Rivals(w) |-> Age(lastAck[w][x], T)]] >>
=============================================================================
