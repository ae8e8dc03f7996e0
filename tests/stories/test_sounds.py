import pytest

from digests.stories.sounds import alike, keys


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [
        ("블랙핑크", "blackpink"),
        ("세븐틴", "seventeen"),
        ("트와이스", "twice"),
        ("스트레이키즈", "stray kids"),
        ("뉴진스", "new jeans"),
        ("에스파", "aespa"),
        ("이정재", "lee jungjae"),
        ("이정재", "yi jeongjae"),
        ("박찬욱", "park chanwook"),
        ("최민식", "choi minsik"),
        ("유재석", "yoo jaesuk"),
        ("노태우", "roh taewoo"),
        ("임수정", "lim soojung"),
        ("방탄소년단", "bangtan sonyeondan"),
        ("페이퍼클립", "paper clip"),
        ("코멧", "comet"),
        ("모스", "moss"),
        ("맑은골", "malgeungol"),
        ("울릉", "ulleung"),
    ],
)
def test_a_name_has_a_key_in_common_with_its_spelling_in_the_other_script(hangul: str, latin: str) -> None:
    assert set(keys(hangul)) & set(keys(latin))
    assert alike(hangul, latin) >= 0.5


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [("블랙핑크", "seventeen"), ("박찬욱", "choi minsik"), ("서울", "busan"), ("코멧", "kettle")],
)
def test_other_names_have_none(hangul: str, latin: str) -> None:
    assert not set(keys(hangul)) & set(keys(latin))


def test_vowels_tell_words_of_one_key_apart() -> None:
    assert set(keys("이로")) & set(keys("ara"))
    assert alike("이로", "iro") > 0.9 > alike("이로", "ara")


@pytest.mark.parametrize("word", ["東京", "エスパ", "мир", "ö"])
def test_other_scripts_have_no_keys(word: str) -> None:
    assert keys(word) == ()
