from tests.handlers.talking import Talking

async def test_look(talking: Talking) -> None:
    en = ["/subscribe kpop", "/subscribe kpop", "/subscribe kpop drama hiphop", "/subscribe drma", "/subscribe", "/subscribe <b>x</b>", "/unsubscribe food", "/unsubscribe xx", "/unsubscribe kpop", "/categories", "/unsubscribe all", "/unsubscribe all", "/digest", "/subscribe kpop",
     "/digest", "/digest 07:30 19:00", "/digest 25:00", "/digest 1 2 3 4 5 6 7", "/digest off", "/digest off", "/digest on", "/timezone Seoul", "/timezone", "/timezone Springfield", "/timezone xyzzyq","/timezone Bostn", "/digest 18:01", "/digest 18:01",
     "/alerts", "/alerts off", "/alerts silent", "/alerts on", "/alerts on", "/alerts foo", "/quiet", "/quiet 22-6", "/quiet 22-6 hold", "/quiet off", "/quiet 23-23", "/quiet foo", "/language", "/language en", "/language klingon", "/latest", "/latest kpop", "/latest zzz", "/breaking", "/breaking drama", "hello"]
    ko = ["구독 케이팝", "구독 케이팝", "구독 드라머", "구독 취소 케이팝", "구독 취소 푸드", "구독 취소 전체", "구독 zpdlvkq", "소식 모음 오전 7시 30분", "소식 모음 끄기", "시간대 부산", "시간대 없는곳", "알림 꺼줘", "알림 무음", "알림 켜기", "방해 금지 밤 11시부터 아침 7시까지", "방해 금지 23-7 보류", "방해 금지 하하", "최신 케이팝", "속보", "언어", "언어 영어로", "/language ko", "최신 힙합", "요약"]
    for who, texts in ((talking.ann, en), (talking.min, ko)):
        for text in texts:
            print("\n>>>", text)
            for m in await talking.say(who, text):
                print(m.plain); print("   ", [[getattr(b,'label',None) or getattr(b,'text',b) for b in row] for row in (m.keyboard or [])] if hasattr(m,'keyboard') else '')
