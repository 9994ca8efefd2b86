#!/usr/bin/env python3
"""Clients of SMTP for deploy/try-compose: what they send has a number, and what was answered 250 is written down."""

import itertools
import smtplib
import socket
import subprocess
import sys
import threading
import time

SENDER, RECIPIENT = "bob@example.test", "alice@example.test"
HEADER = "From: <bob@example.test>\r\nTo: <alice@example.test>\r\nSubject: try\r\nX-Try: %s\r\n\r\n"
LINE = "A line of some text.\r\n"
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def new_number(counter=itertools.count()):
    return "%d-%d" % (time.time() * 1000, next(counter))


def attempt(port, number, body):
    """Sends a message in a session of its own; returns what it was answered: a code and a text."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
            smtp.sendmail(SENDER, [RECIPIENT], HEADER % number + body)
            return 250, ""
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        return code, text.decode(errors="replace")
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code, str(refused.smtp_error)
    except (OSError, smtplib.SMTPException) as broken:
        return 0, type(broken).__name__


def send(port, promised, answers, threads, count, lines=50):
    """Sends messages from several threads: `count` of them, or without end where it is 0.

    Those that were answered 250 are lines of `promised`; `answers` has a line for each: when it began, for how many
    seconds it took, the code, and the text of what was not 250. A connection that broke or was refused has the code 0.
    """
    numbers, lock = iter(range(int(count)) if int(count) else itertools.count()), threading.Lock()
    promised, answers = open(promised, "a"), open(answers, "a")

    def client():
        while True:
            with lock:
                if next(numbers, None) is None:
                    return
                number = new_number()
            began = time.time()
            code, text = attempt(int(port), number, LINE * int(lines))
            with lock:
                if code == 250:
                    print(number, file=promised, flush=True)
                print("%.3f %.3f %d %s" % (began, time.time() - began, code, text), file=answers, flush=True)
            if code != 250:
                time.sleep(0.2)
            elif not int(count):
                time.sleep(0.05)

    clients = [threading.Thread(target=client) for _ in range(int(threads))]
    for each in clients:
        each.start()
    for each in clients:
        each.join()


def recipient(port, address):
    """Prints the code of the reply to RCPT."""
    with smtplib.SMTP("127.0.0.1", int(port), timeout=60) as smtp:
        smtp.ehlo()
        smtp.mail(SENDER)
        print(smtp.rcpt(address)[0])


def content(port, kind, promised):
    """Prints the code of the reply to a message: one that is `clean`, `large`, an `eicar` or a `gtube`."""
    number = new_number()
    body = {"clean": LINE, "large": LINE * 20000, "eicar": EICAR + "\r\n", "gtube": GTUBE + "\r\n"}[kind]
    code, _ = attempt(int(port), number, body)
    if code == 250:
        with open(promised, "a") as file:
            print(number, file=file)
    print(code)


def drain(port, container, promised):
    """Stops a container of smtp-edge in the middle of a message, which must be taken all the same.

    New clients are refused then, and this one is told to come back once its message is through.
    """
    port = int(port)
    number = new_number()
    smtp = smtplib.SMTP("127.0.0.1", port, timeout=60)
    smtp.ehlo()
    smtp.mail(SENDER)
    smtp.rcpt(RECIPIENT)
    assert smtp.docmd("DATA")[0] == 354
    smtp.send((HEADER % number).encode())
    stop = subprocess.Popen(["docker", "stop", container], stdout=subprocess.DEVNULL)

    def greeting():
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as other:
                return other.recv(100)
        except OSError:
            return b""

    until = time.time() + 8
    while greeting().startswith(b"220"):
        assert time.time() < until, "smtp-edge still takes new clients"
    smtp.send(b"The last lines.\r\n.\r\n")
    code = smtp.getreply()[0]
    assert code == 250, code
    with open(promised, "a") as file:
        print(number, file=file)
    try:
        code = smtp.docmd("NOOP")[0]
        assert code == 421, code
    except smtplib.SMTPServerDisconnected:
        pass  # told and closed before it asked
    assert stop.wait(60) == 0


def summary(answers, since="0"):
    """Prints how often each code was answered since a moment, and the longest time without a 250 from then on, in seconds."""
    codes, taken = {}, []
    for line in open(answers):
        began, seconds, code, _ = line.rstrip("\n").split(" ", 3)
        if float(began) < float(since):
            continue
        codes[int(code)] = codes.get(int(code), 0) + 1
        if code == "250":
            taken.append(float(began) + float(seconds))
    taken = [float(since)] * (float(since) > 0) + sorted(taken)
    gap = max((after - before for before, after in zip(taken, taken[1:])), default=0)
    names = {0: "no connection"}
    print(", ".join("%d x %s" % (codes[code], names.get(code, code)) for code in sorted(codes, reverse=True)),
          "; longest time without a 250: %.1f s" % gap, sep="")


if __name__ == "__main__":
    {"send": send, "recipient": recipient, "content": content, "drain": drain, "summary": summary}[sys.argv[1]](*sys.argv[2:])
