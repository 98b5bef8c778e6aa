/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/rfc9964.h - the ML-DSA-44 key, whose seed is zeros, and signature that RFC 9964
 * prints; members in the order in which jeton_key_print() prints them. And the key as PEM, in the
 * forms of RFC 9881. */
#ifndef JT_UNIT_RFC9964_H
#define JT_UNIT_RFC9964_H

/* clang-format off */

#define AKP_PUB \
    "unH59k4RuutY-pxvu24U5h8YZD2rSVtHU5qRZsoBmBMcRPgmu9VuNOVdteXi1zNIXjnqJg_GAAxepLqA00Vc3lO0" \
    "bzRIKu39VFD8Lhuk8l0V-cFEJC-zm7UihxiQMMUEmOFxe3x1ixkKZ0jqmqP3rKryx8tSbtcXyfea64QhT6XNje2S" \
    "oMP6FViBDxLHBQo2dwjRls0k5a-XSQSu2OTOiHLoaWsLe8pQ5FLNfTDqmkrawDEdZyxr3oSWJAsHQxRjcIiVzZuv" \
    "wxYy1zl2STiP2vy_fTBaPemkleynQzqPg7oPCyXEE8bjnJbrfWkbNNN8438e6tHPIX4l7zTuzz98YPhLjt_d6EBd" \
    "T4MldsYe-Y4KLyjaGHcAlTkk9oa5RhRwW89T0z_t1DSO3dvfKLUGXh8gd1BD6Fz5MfgpF5NjoafnQEqDjsAAhrCX" \
    "Y4b-Y3yYJEdX4_dp3dRGdHG_rWcPmgX4JG7lCnser4f8QGnDriqiAzJYEXeS8LzUngg_0bx0lqv_KcyU5IaLISFO" \
    "0xZSU5mmEPvdSoDnyAcV8pV44qhLtAvd29n0ehG259oRihtljTWeiu9V60a1N2tbZVl5mEqSK-6_xZvNYA1TCdzN" \
    "ctvweH24unV7U3wer9XA9Q6kvJWDVJ4oKaQsKMrCSMlteBJMRxWbGK7ddUq6F7GdQw-3j2M-qdJvVKm9UPjY9rc1" \
    "lPgol25-oJxTu7nxGlbJUH-4m5pevAN6NyZ6lfhbjWTKlxkrEKZvQXs_Yf6cpXEwpI_ZJeriq1UC1XHIpRkDwdOY" \
    "9MH3an4RdDl2r9vGl_IwlKPNdh_5aF3jLgn7PCit1FNJAwC8fIncAXgAlgcXIpRXdfJk4bBiO89GGccSyDh2EgXY" \
    "dpG3XvNgGWy7npuSoNTE7WIyblAk13UQuO4sdCbMIuriCdyfE73mvwj15xgb07RZRQtFGlFTmnFcIdZ90zDrWXDb" \
    "ANntv7KCKwNvoTuv64bY3HiGbj-NQ-U9eMylWVpvr4hrXcES8c9K3PqHWADZC0iIOvlzFv4VBoc_wVflcOrL_SIo" \
    "aNFCNBAZZq-2v5lAgpJTqVOtqJ_HVraoSfcKy5g45p-qULunXj6Jwq21fobQiKubBKKOZwcJFyJD7F4ACKXOrz-H" \
    "IvSHMCWW_9dVrRuCpJw0s0aVFbRqopDNhu446nqb4_EDYQM1tTHMozPd_jKxRRD0sH75X8ZoToxFSpLBDbtdWcen" \
    "xj-zBf6IGWfZnmaetjKEBYJWC7QDQx1A91pJVJCEgieCkoIfTqkeQuePpIyu48g2FG3P1zjRF-kumhUTfSjo5qS0" \
    "YiZQy0E1BMs6M11EvuxXRsHClLHoy5nLYI2Sj4zjVjYyxSHyPRPGGo9hwB34yWxzYNtPPGiqXS_dNCpi_zRZwRY4" \
    "lCGrQ-hYTEWIK1Dm5OlttvC4_eiQ1dv63NiGkLRJ5kJA3bICN0fzCDY-MBqnd1cWn8YVBijVkgtaoascjL9EywDg" \
    "JdeHnXK0eeOvUxHHhXJVkNqcibn8O4RQdpVU60TSA-uiu675ytIjcBHC6kTv8A8pmkj_4oypPd-F92YIJC741swk" \
    "YQoeIHj8rE-ThcMUkF7KqC5VORbZTRp8HsZSqgiJcIPaouuxd1-8Rxrid3fXkE6p8bkrysPYoxWEJgh7ZFsRCPDW" \
    "X-yTeJwFN0PKFP1j0F6YtlLfK5wv-c4F8ZQHA_-yc_gODicy7KmWDZgbTP07e7gEWzw4MFRrndjbDQ"
#define AKP_HEAD       "{\"kty\":\"AKP\",\"kid\":\"T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o\",\"alg\":\"ML-DSA-44\""
#define AKP_PRIV       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define AKP_PUBLIC_JWK AKP_HEAD ",\"pub\":\"" AKP_PUB "\"}"
#define AKP_JWK        AKP_HEAD ",\"pub\":\"" AKP_PUB "\",\"priv\":\"" AKP_PRIV "\"}"
#define AKP_THUMBPRINT "T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o"
#define AKP_INPUT \
    "eyJhbGciOiJNTC1EU0EtNDQiLCJraWQiOiJUNHhsNzBTN01UNlplcTZyOVY5ZlBKR1ZuNzZ3Zm5YSjIxLWd5bzBH" \
    "dTZvIn0.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4"
#define AKP_SIG \
    "knI1Q_9CIzLH5Xy94Kkc7WVKqZcAgtJ3mNf0GUj1uLA6YXAWFJfXkh-zQxUtEl3UIC7zPCiUwKTDR6ZsuUmFj8Ct" \
    "b_6aH64hElN7weS_1m5okCy8GqHNL2lsfclCH3Y2f4QNP-DLVS1XsuboDA7Dw3ir2IdYKIfWJyIU7ROHgd24nuun" \
    "1zJbxcLJC2EKt2M8R0wZudcIE9nm5oPzYXq0z-hPsKoXp9leVYkqgMmO9Lo8SP_1YYIEth3B8v-GuP249KDTFRKP" \
    "jISmK4aPCknjtjihHsQVv2XePXxKExatHl4qhsiiW-y-EJXa1Kfw4WYpLA7B4_5Ids--cIJmIx7f6xxAWKh5qoBW" \
    "q1QIOaaFuzsAraRW3NOEuzThew1En85gI3GcRTZGp-VDGyxHm0Al04cyWo2bxAVOF0fbDc265iP2mCNw6Qg10jIJ" \
    "eAhGB4OAMYcBUWJAG0l1MN1U_koEmGh5dXKnQTRl461ea_Cq3DLkcA2Dj2woWUFyDTmQ8oO_yheASfJacyRm7_su" \
    "j88z5XFNo8F53P8OxTG9xUPlrwvH-TAq7AH3NU4SNXApyVKTU3zhx1tJ34nlTILcTujXVJVo_f0DZfUxr6JSCYqv" \
    "y4z1Kl0wDQzd55aopyFtQxvOPhcCHbAN34g2Ug750Jm835fl7NOxcqoMbuTcgH68kr37M-Pdh2K9WazXUJgCupgd" \
    "IWW8WjfOjmTiF59CrVtfVtK2qDzF40OENCfqtNPQlZe5cN5p0P8arj4USB8HCPh7NdqQBAeWrw0wsYhdiM39lrSk" \
    "A8mLRYMhZnqKGCTPCrHXDdEjRKYRNaqIUT44laYl5c27K0v-ozjKPu6tzEhkYSC4XZ3LehEFtmAzOE0mHbhKMgXq" \
    "joPJjOrGIPibX3jwK8_Q5RmMOXtXo8R3vXfBaUdQoLeeyywNYE0nIcsl4z5a8_utwEFiVf0VK2pdviyiOPVSi3zO" \
    "MAmqz6gFhVy8aMMQOWZAEAuTyDw7ZWG6diwptmrgSXZotW63I19S2ZH7keCXRIq_pFLuYhOuG6dD4MkouILRdC9b" \
    "XZMLrNDq7COpUOO86aQVlYd0pR935WpUw-V6obSRnHlRFZSmUSIB7h1Q0ImciRzojN93Xhw7qpzGzdzDEO3OOTay" \
    "XaSG_0YHQyy-eH4hBbmgt_LBx120g1eY4XHeHFRfTfetHkL5ZZusX1jQ_nk9ez4XBG_6hRtTNSuVBsYlH8-KUuR5" \
    "-qTP8dkvRf8Wk2hHoUr2sz5YO_xDFCMMTrt8ahiMyfjo5ih5Fwo3riFbFUGKibniTLXspFd4spcNK_WchlZLRgkP" \
    "K4jh6Z_X8JJkHxvQhpyouHQFyGxgBrl24x-_EB1zbWMhJthmm8DiKt-nzKaJz8Cju1-HwCpg76CRqRsEz2hyKEpb" \
    "b4M5KQSj3AsENCroVmQ5QIv3K2XNRkve4vjBmP6sV2b6GSY_UeRvPElA7SUgBGTKbn-c0aYhBuB8plPhRTBa55_c" \
    "FqAmNmavF1-fdMktJuIaH2f-K0zZCzbHw54998T7kIWgyMsyGCAvynEB_khOqwT7tCjg5HQ8SIjdnRYW0kjZfjt5" \
    "LJbGA-PnRo8gPVQVGeYDP2vsSXhNJY94AitKCY1srcSsuYDrhNBKrnoJ1uEsMPVHsgFw_ZHMyAEaVQughSNW4fm8" \
    "q6_1Nv4zLutDITzmAL6a6i6-WS6QRIs_4VUtwr5cXXIFDDeHVWeGcNivQ6W9urEUP4crguiq7z_DTiYaGfUksub-" \
    "T7mw0zU8ZoOSd5pUTpJLv-IYIUAl6CscHvunnRLEKqpW1Sa1dcFZs5VP4AfR3mg7wX4Vlq1AHnpFxE2L1LZiKoTc" \
    "9jDEOvTDkxr86gMkwMm6RdyPF_q48AVJ1br8Qp88-4B84X52zZ5cw-IJYe-HiVJ29LpeYm340_rWivpy-UB5i9TK" \
    "lMrxf94y1okzZTPbP3_v1_XX0nE7RTLz98EA96euJ7l3EpbEqks7mh6i1FJNnvvlM_u29sYobJ6PUT-i1VlQnF_J" \
    "BARKEz74pBXm1l5Y5Lo15rsIlaQHinUBCO8fHCHI59LAfKusN4JmodDqLYwkWijEL_sfrC6LtrbXqpM1pw09zSrs" \
    "_tS1RQ-LnWHuPrU5KLCzv53JKrh8lU_cdBowe_F-Ib_Ui4bQ2FME-0mnyG0XijHUsrGMZ9dfowvIkr83JpqwlFOZ" \
    "AwMmSGPNPEJRw9kDshjotndUB5S1UCfv_U4IoVn7WgvxeCS-BBxqyWfh7YTdf73EnmGwVYxVjlXaHCeeTZmUacnT" \
    "4MQUAcbFjTq6BBlboAQGWP2FZWpd6HNnruv744VeWmfgLk9z5567wFhwuXMkmE2xvDo4wP80xutjUfsePx5YkLxh" \
    "Y1XsWqTZr19tInxJWWq8RLZsWPmtq5wZ5ucBMasCLpOABenYZdSAcQNhC73wLS0Z2s1HQhBoIl7lr1p372LZs_Se" \
    "u1u_8Fo7DoJqRpKaNoc2_JUMmn7TUZS8zLyzxgeq8R8iNbRP20DwDBNXocsTDBKaQrtB-QiEPySQtJa4G61XeNZy" \
    "h5aGzfoWZ9OmjZG9pbbehcqwIrt-ESjPyeT6sfSrvOfTZr7fBXwpUs2rS4BrlNse5g_h8CQiik8aaOTOEPkXiyg4" \
    "s5DewRlgDZHS-3g-YXPUIBNO62_HxknkMpkJvKW-tkvDbgtxvy4nG80ul6W_KeRsoEKDTRYNKZWxXjZITNa0h6ag" \
    "nwNCJKEbFg3Qhre394c0i60mfP9YIgKTXrCX3Yt2eX-6mPzYmLbSbV5jH69v6WZqYV2WAj-9DU0diR4hOfYQaJnB" \
    "ZhTtKb-SQsYiFuN1BDJ3v9eM9K8hq91NBdCHVa-Thk9Dov-JkcTZnZGRRyW5yXHUV4NOEltBXh8GkjjDvs5Yo3u-" \
    "2rPCXjK1aGPSI1W8BaUJLQY5sbfAVCAuUHBv-Vlh5Qamt-lgeKguhqTSuy-tjabOb5kiBOG7xGQt3z-XYXtnWFDC" \
    "ii-5h11XfZsQ-xQxy8gSfdMz4hDK9Nw_VQt6fzWiQY0Th_dHzVki0MUfVfsDUjgblhD6j0wgbs3zdj-GM3rtt8oi" \
    "t0wXx11bIOaOKgf07tP0wimVXMRqRWe7LCUAKTE5PkRKU1x_h4iusrzi5uwKDhc4SmRwm6KssNrmCAkiNDZCREVK" \
    "d3yMnrjA4PAGDzdKWVplcHJ6jKmrsbrEztHd9QAAAAAAAAAAAAAAABIfMEQ"

/* the seed with the key it expands to, as OpenSSL writes it; the seed; the expanded key */
#define PEM_AKP_PRIVATE \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIIKPgIBADALBglghkgBZQMEAxEEggoqMIIKJgQgAAAAAAAAAAAAAAAAAAAAAAAA\n" \
    "AAAAAAAAAAAAAAAAAAAEggoAunH59k4RuutY+pxvu24U5h8YZD2rSVtHU5qRZsoB\n" \
    "mBPFwWEKQHdPDrozNPi1vlboeHGzw6dywHIPo3Zmrhc1/ea8OKHDX4zwjkQJJMkD\n" \
    "cZe7h/3EZGuG2loFiaMmzAwNlQ/4tanqQTXquKk/gPCSfhJARuJbI2auolptHQ/v\n" \
    "mCEEuAnaEkjhQEwRA4WZsE1hBArANCgjFoAIEkURSQyglg3CqAFaqGULMCXUlESL\n" \
    "OIwQJEEiQGmKBAQMJpDjNGniJGjSRAALhJDZQjAhkY0JmWQgOWCCNiGQuEwCEm4k\n" \
    "uXCEIgHhqGREJg4BFw6CQGybOG0Kk1BSIiXSuCwaJXCQEiLRsoAiRlIBNIBANCFB\n" \
    "BmBBMoIJRZBSMimDuESTEiEKwYlgsnGckGmQgpCJEklAQIpcEEgBh5EDsEDYRAXk\n" \
    "sCkKJ5AcyVBYAowMSXJJhG0Zp4XjADDLsiHiCBBMpmQRQ2hSlGkJOTKRom3KFISj\n" \
    "khHblCwBxmQUJIwaFTEKIw7YFCCkJo1DQJDBQoakEIUMMi3QKGAbtQxSRGEhFSQh\n" \
    "xgTYNDHZEnGiNFIDMIlUMhCDlAiipHDSRI6EAo2RRmILAA6ggHAitQ0LyQEAJk3i\n" \
    "RICTIGXJlo3apExCqAAaJ2zDlE2gMCzaqAQjo4xjBA5ZyAAgqWzEBlCCAC5cskRh\n" \
    "RlEMGIAYOIICJZCismAhoEAgSSpSKIaTpiiblHECuW1JoCwJJSgYkwkQSUwTyZGj\n" \
    "iC1QEjFjtACkAE4EtmgSFCYAFwCbkgxRqGURRI1EQmkApW0EqWlDlGlMuGBSJi2h\n" \
    "MhHKsBEbgZASEWRChomcElHcwEETR2ibIJLRJpEjllATs0wSRWkhoQUMRmWZODCZ\n" \
    "Ji4ZFXIROY2JEJJQKBFIpklSti3JME3ZMpGRpkQUNA4TOUGYBgwiJWwUR3Aht2Aj\n" \
    "mCXkJG7RtkRRRCxBQoXgREKJQkLCJCzMxmgTEmmYMEkjKGoUyBFgkjARJlKSsABc\n" \
    "hCxKFCkKlUDjxAUMyImhJmJEEASayHAMk2CQtjASF3EjGE7UEIWEIIJcFEiQslGg\n" \
    "GJKTlIAaSXLAAgbhpoyhgE1KJggYB2JCEkAQQWREQk6UhkCahEEhxXEBlikZQE6U\n" \
    "NiIkwyAiiHGEIExkIGnbhCQkJUYhxHGKFGQBIGVMhCREJDCKInDThjALtGwhIwqL\n" \
    "uE1c99fmiTAr7bHFhn59Jpsc2wf4JWQQguGajaL5MHfosfw9TmstMlgza0+cZFUV\n" \
    "OsBAqEf7ZH+7a1UqQABx/hdySFt6nR8NFHvzOIxWVHHk5izDzg0MD8Ng35KJ7ZkY\n" \
    "N2uLi5MUUEf4/qKYYAfCqomSL2nrR1tZeyu6I3uchC4/8dMl6CofI+lJidAGvHzk\n" \
    "lG8ui3fhCEhGPEf+eyCeKmF93UF5auYUXnCc2pQG8iYSV8ITtLMNowrCWw0Gz3mo\n" \
    "EsX8sO8R2f7f4JlK/jtpsGopFs9pK52nYCjl86BIeeaW0h9zXDeDFTZNsKTgq2tT\n" \
    "0x768w1l43obancEbwTGS6EHKpeA4MVmyUM5pNGdAGjFfW5vC1EttxNKlQ6vT3sB\n" \
    "pf3QZbkb+inkQjZ5zedLxqjxyExN94OHIx3IXOMmcERZA8S+vuP1DEPlBElJaRGq\n" \
    "k+fjlXh0FNMXaNmRJSD4PAL/ARJNzw4SX6/Vudfn3aT1tQxwrruFmaLkR2oN5TGw\n" \
    "QCZy33V1FC2GAWBclAF5I/ZKxXfEvtjY6Jp0yp84GcvxQqct6+d8TvtxJ+LYwbe/\n" \
    "tkKGwL1SIz9Dxn1XF/l62ChUhz3cf3HWVqqm73BwYK8oC59FS0/ttHdug7L9uiCk\n" \
    "Wu/rVJoe0DggIYk8qabnTMwwolU5N8zvNDiZtQLPRt243R2V/vtgybIEaaFQOypo\n" \
    "dYeDDTPO6acteY/PSptFLIVJ9VnF2fxr/gg/RGwtkDmB2fJkkkg6tFLqW7EAj/6s\n" \
    "l12gJ1lZPn4GY2EHOoOye1MaPQ3aUXypkOoyNdHXteCdpfAtwVJbHaaFlltU/Co6\n" \
    "c6F5Dg77aecKePpVA0TqjHU9vxhjm6qMsSWap09o+Sq6gAfGGMy29Qaf9GuXUbv/\n" \
    "833zITYPD1wOf1Ym3RKa464qfFbNthHtpMmP7IMWPNURaHjBqT66om20Ber0p6ui\n" \
    "d4N96aUVBHB2JO8uG7vKKSQRFn8uPTkMDlH4Si8Tg5DjP4WDXTipTbvnHmyCHoax\n" \
    "H/2J7/S/4gjWAF0o9wS66tHyXeDrJBsY/H+g3dkNwTm+f8vrlzD65LXRcnDOTGcM\n" \
    "QlcKnPJbxPrlzTHl1VrQImqUvlKUjGcCqYagrb/NOsSCuxKru3mi9mAoQhU7L4Kj\n" \
    "s80WiOdNNlNL/4xI08RR6yxfmP6554ZNYK+W6DshYkZ0gvBYY5yGp4WpodS2m8MO\n" \
    "d6ZMO7zX3rTj0w8aZyEgPYeoirheAnqXQvxojwrfFXKOWX6RDP5d8zxWoTbvOcfK\n" \
    "XWUMK5+QHJuJ4eCTVJNh8wO+iDnRRUzOtfvEQ1+g2rWKj8KFNg7qSRygd5YcSqo+\n" \
    "lt6ZcblP36UgfM8NnassSJbwfrZ3Gjg8ZRL0HqKN7uQH/a48V09dQWqJeifvfPWW\n" \
    "8EMtYkosTqzlLzy/LGMxuAyckWW/EzQkaTICTsC+RLMhNrTkNCeRNYUDZMdX8dz6\n" \
    "Y4XiVjMSxfVT8MhE6rt5Ec7nYMrrPhk786nDgRSHI5rS4BR49G5Bil3la38XVbpo\n" \
    "+aN0YTtd4u0mxYDHctvb+rH34/V9lPhOMN6ynXCpHfKI/EOidt/tWOKw21OD5TK2\n" \
    "7t+zkuQ9w9pyAaBo9SMe5SIJjWhZstVkY6iRezwlYWV5ZtvEeFa2/8grzDef/Qiy\n" \
    "WfPZ14c7qPy+TJQTtgEVkWBwHfAEcLFJvfMvTTz8+53rx3JBcX0TBnqu0jx6JlEY\n" \
    "UWnxJnBh+2sw5P6nP2b0+SdWrCYjQYr4sqOYcRt8aAe0NCXh2Zv9zV31MZUoeQaj\n" \
    "MvWZcaDDQ5dfwyCtE3yeNM586FUgsmyhl6H6LfLs1OP6gzs70sJEgoBCUs8d9q3G\n" \
    "OY816YqxhxBAdoDJwdusjH7chka5cILi4SH6p/rCHkozg4TLkiAsYb0SbF3dRYsy\n" \
    "ehi9cW8ULKXNs+SdfrjZYrW4Woj3mbaaambHvWKfVrQ8ApBim14nTN7HoHIp55Oa\n" \
    "d9Mujvcw/M6tnE4Gd6g6AzCrdl0zbdKqFV3NKsfzFSl3T0k2sF0LFLSPqh6M1FBW\n" \
    "5WwTmxf4kHFa1j1sSp8tl2yLY1vf5YYCgW9hLG5LIlNny5p7t5wBjxuMUxUYCq2+\n" \
    "Ordaw1Ygb+J8Et87VpeE46U4+wUkGCZucttADW8yxCl/NPnxrxhsN2VlXxGz5aPI\n" \
    "BJt98UAR/yFfvxe/ie6XbPDbq2JwEE5+MZ0fZMWeIJ41gg==\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_AKP_SEED \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MDQCAQAwCwYJYIZIAWUDBAMRBCKAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" \
    "AAAAAAAA\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_AKP_EXPANDED \
    "-----BEGIN PRIVATE KEY-----\n" \
    "MIIKGAIBADALBglghkgBZQMEAxEEggoEBIIKALpx+fZOEbrrWPqcb7tuFOYfGGQ9\n" \
    "q0lbR1OakWbKAZgTxcFhCkB3Tw66MzT4tb5W6Hhxs8OncsByD6N2Zq4XNf3mvDih\n" \
    "w1+M8I5ECSTJA3GXu4f9xGRrhtpaBYmjJswMDZUP+LWp6kE16ripP4Dwkn4SQEbi\n" \
    "WyNmrqJabR0P75ghBLgJ2hJI4UBMEQOFmbBNYQQKwDQoIxaACBJFEUkMoJYNwqgB\n" \
    "WqhlCzAl1JREiziMECRBIkBpigQEDCaQ4zRp4iRo0kQAC4SQ2UIwIZGNCZlkIDlg\n" \
    "gjYhkLhMAhJuJLlwhCIB4ahkRCYOARcOgkBsmzhtCpNQUiIl0rgsGiVwkBIi0bKA\n" \
    "IkZSATSAQDQhQQZgQTKCCUWQUjIpg7hEkxIhCsGJYLJxnJBpkIKQiRJJQECKXBBI\n" \
    "AYeRA7BA2EQF5LApCieQHMlQWAKMDElySYRtGaeF4wAwy7Ih4ggQTKZkEUNoUpRp\n" \
    "CTkykaJtyhSEo5IR25QsAcZkFCSMGhUxCiMO2BQgpCaNQ0CQwUKGpBCFDDIt0Chg\n" \
    "G7UMUkRhIRUkIcYE2DQx2RJxojRSAzCJVDIQg5QIoqRw0kSOhAKNkUZiCwAOoIBw\n" \
    "IrUNC8kBACZN4kSAkyBlyZaN2qRMQqgAGidsw5RNoDAs2qgEI6OMYwQOWcgAIKls\n" \
    "xAZQggAuXLJEYUZRDBiAGDiCAiWQorJgIaBAIEkqUiiGk6Yom5RxArltSaAsCSUo\n" \
    "GJMJEElME8mRo4gtUBIxY7QApABOBLZoEhQmABcAm5IMUahlEUSNREJpAKVtBKlp\n" \
    "Q5RpTLhgUiYtoTIRyrARG4GQEhFkQoaJnBJR3MBBE0domyCS0SaRI5ZQE7NMEkVp\n" \
    "IaEFDEZlmTgwmSYuGRVyETmNiRCSUCgRSKZJUrYtyTBN2TKRkaZEFDQOEzlBmAYM\n" \
    "IiVsFEdwIbdgI5gl5CRu0bZEUUQsQUKF4ERCiUJCwiQszMZoExJpmDBJIyhqFMgR\n" \
    "YJIwESZSkrAAXIQsShQpCpVA48QFDMiJoSZiRBAEmshwDJNgkLYwEhdxIxhO1BCF\n" \
    "hCCCXBRIkLJRoBiSk5SAGklywAIG4aaMoYBNSiYIGAdiQhJAEEFkREJOlIZAmoRB\n" \
    "IcVxAZYpGUBOlDYiJMMgIohxhCBMZCBp24QkJCVGIcRxihRkASBlTIQkRCQwiiJw\n" \
    "04YwC7RsISMKi7hNXPfX5okwK+2xxYZ+fSabHNsH+CVkEILhmo2i+TB36LH8PU5r\n" \
    "LTJYM2tPnGRVFTrAQKhH+2R/u2tVKkAAcf4Xckhbep0fDRR78ziMVlRx5OYsw84N\n" \
    "DA/DYN+Sie2ZGDdri4uTFFBH+P6imGAHwqqJki9p60dbWXsruiN7nIQuP/HTJegq\n" \
    "HyPpSYnQBrx85JRvLot34QhIRjxH/nsgniphfd1BeWrmFF5wnNqUBvImElfCE7Sz\n" \
    "DaMKwlsNBs95qBLF/LDvEdn+3+CZSv47abBqKRbPaSudp2Ao5fOgSHnmltIfc1w3\n" \
    "gxU2TbCk4KtrU9Me+vMNZeN6G2p3BG8ExkuhByqXgODFZslDOaTRnQBoxX1ubwtR\n" \
    "LbcTSpUOr097AaX90GW5G/op5EI2ec3nS8ao8chMTfeDhyMdyFzjJnBEWQPEvr7j\n" \
    "9QxD5QRJSWkRqpPn45V4dBTTF2jZkSUg+DwC/wESTc8OEl+v1bnX592k9bUMcK67\n" \
    "hZmi5EdqDeUxsEAmct91dRQthgFgXJQBeSP2SsV3xL7Y2OiadMqfOBnL8UKnLevn\n" \
    "fE77cSfi2MG3v7ZChsC9UiM/Q8Z9Vxf5etgoVIc93H9x1laqpu9wcGCvKAufRUtP\n" \
    "7bR3boOy/bogpFrv61SaHtA4ICGJPKmm50zMMKJVOTfM7zQ4mbUCz0bduN0dlf77\n" \
    "YMmyBGmhUDsqaHWHgw0zzumnLXmPz0qbRSyFSfVZxdn8a/4IP0RsLZA5gdnyZJJI\n" \
    "OrRS6luxAI/+rJddoCdZWT5+BmNhBzqDsntTGj0N2lF8qZDqMjXR17XgnaXwLcFS\n" \
    "Wx2mhZZbVPwqOnOheQ4O+2nnCnj6VQNE6ox1Pb8YY5uqjLElmqdPaPkquoAHxhjM\n" \
    "tvUGn/Rrl1G7//N98yE2Dw9cDn9WJt0SmuOuKnxWzbYR7aTJj+yDFjzVEWh4wak+\n" \
    "uqJttAXq9KeroneDfemlFQRwdiTvLhu7yikkERZ/Lj05DA5R+EovE4OQ4z+Fg104\n" \
    "qU275x5sgh6GsR/9ie/0v+II1gBdKPcEuurR8l3g6yQbGPx/oN3ZDcE5vn/L65cw\n" \
    "+uS10XJwzkxnDEJXCpzyW8T65c0x5dVa0CJqlL5SlIxnAqmGoK2/zTrEgrsSq7t5\n" \
    "ovZgKEIVOy+Co7PNFojnTTZTS/+MSNPEUessX5j+ueeGTWCvlug7IWJGdILwWGOc\n" \
    "hqeFqaHUtpvDDnemTDu8196049MPGmchID2HqIq4XgJ6l0L8aI8K3xVyjll+kQz+\n" \
    "XfM8VqE27znHyl1lDCufkBybieHgk1STYfMDvog50UVMzrX7xENfoNq1io/ChTYO\n" \
    "6kkcoHeWHEqqPpbemXG5T9+lIHzPDZ2rLEiW8H62dxo4PGUS9B6ije7kB/2uPFdP\n" \
    "XUFqiXon73z1lvBDLWJKLE6s5S88vyxjMbgMnJFlvxM0JGkyAk7AvkSzITa05DQn\n" \
    "kTWFA2THV/Hc+mOF4lYzEsX1U/DIROq7eRHO52DK6z4ZO/Opw4EUhyOa0uAUePRu\n" \
    "QYpd5Wt/F1W6aPmjdGE7XeLtJsWAx3Lb2/qx9+P1fZT4TjDesp1wqR3yiPxDonbf\n" \
    "7VjisNtTg+Uytu7fs5LkPcPacgGgaPUjHuUiCY1oWbLVZGOokXs8JWFleWbbxHhW\n" \
    "tv/IK8w3n/0Islnz2deHO6j8vkyUE7YBFZFgcB3wBHCxSb3zL008/Pud68dyQXF9\n" \
    "EwZ6rtI8eiZRGFFp8SZwYftrMOT+pz9m9PknVqwmI0GK+LKjmHEbfGgHtDQl4dmb\n" \
    "/c1d9TGVKHkGozL1mXGgw0OXX8MgrRN8njTOfOhVILJsoZeh+i3y7NTj+oM7O9LC\n" \
    "RIKAQlLPHfatxjmPNemKsYcQQHaAycHbrIx+3IZGuXCC4uEh+qf6wh5KM4OEy5Ig\n" \
    "LGG9Emxd3UWLMnoYvXFvFCylzbPknX642WK1uFqI95m2mmpmx71in1a0PAKQYpte\n" \
    "J0zex6ByKeeTmnfTLo73MPzOrZxOBneoOgMwq3ZdM23SqhVdzSrH8xUpd09JNrBd\n" \
    "CxS0j6oejNRQVuVsE5sX+JBxWtY9bEqfLZdsi2Nb3+WGAoFvYSxuSyJTZ8uae7ec\n" \
    "AY8bjFMVGAqtvjq3WsNWIG/ifBLfO1aXhOOlOPsFJBgmbnLbQA1vMsQpfzT58a8Y\n" \
    "bDdlZV8Rs+WjyASbffFAEf8hX78Xv4nul2zw26ticBBOfjGdH2TFniCeNYI=\n" \
    "-----END PRIVATE KEY-----\n"
#define PEM_AKP_PUBLIC \
    "-----BEGIN PUBLIC KEY-----\n" \
    "MIIFMjALBglghkgBZQMEAxEDggUhALpx+fZOEbrrWPqcb7tuFOYfGGQ9q0lbR1Oa\n" \
    "kWbKAZgTHET4JrvVbjTlXbXl4tczSF456iYPxgAMXqS6gNNFXN5TtG80SCrt/VRQ\n" \
    "/C4bpPJdFfnBRCQvs5u1IocYkDDFBJjhcXt8dYsZCmdI6pqj96yq8sfLUm7XF8n3\n" \
    "muuEIU+lzY3tkqDD+hVYgQ8SxwUKNncI0ZbNJOWvl0kErtjkzohy6GlrC3vKUORS\n" \
    "zX0w6ppK2sAxHWcsa96EliQLB0MUY3CIlc2br8MWMtc5dkk4j9r8v30wWj3ppJXs\n" \
    "p0M6j4O6DwslxBPG45yW631pGzTTfON/HurRzyF+Je807s8/fGD4S47f3ehAXU+D\n" \
    "JXbGHvmOCi8o2hh3AJU5JPaGuUYUcFvPU9M/7dQ0jt3b3yi1Bl4fIHdQQ+hc+TH4\n" \
    "KReTY6Gn50BKg47AAIawl2OG/mN8mCRHV+P3ad3URnRxv61nD5oF+CRu5Qp7Hq+H\n" \
    "/EBpw64qogMyWBF3kvC81J4IP9G8dJar/ynMlOSGiyEhTtMWUlOZphD73UqA58gH\n" \
    "FfKVeOKoS7QL3dvZ9HoRtufaEYobZY01norvVetGtTdrW2VZeZhKkivuv8WbzWAN\n" \
    "UwnczXLb8Hh9uLp1e1N8Hq/VwPUOpLyVg1SeKCmkLCjKwkjJbXgSTEcVmxiu3XVK\n" \
    "uhexnUMPt49jPqnSb1SpvVD42Pa3NZT4KJdufqCcU7u58RpWyVB/uJuaXrwDejcm\n" \
    "epX4W41kypcZKxCmb0F7P2H+nKVxMKSP2SXq4qtVAtVxyKUZA8HTmPTB92p+EXQ5\n" \
    "dq/bxpfyMJSjzXYf+Whd4y4J+zwordRTSQMAvHyJ3AF4AJYHFyKUV3XyZOGwYjvP\n" \
    "RhnHEsg4dhIF2HaRt17zYBlsu56bkqDUxO1iMm5QJNd1ELjuLHQmzCLq4gncnxO9\n" \
    "5r8I9ecYG9O0WUULRRpRU5pxXCHWfdMw61lw2wDZ7b+ygisDb6E7r+uG2Nx4hm4/\n" \
    "jUPlPXjMpVlab6+Ia13BEvHPStz6h1gA2QtIiDr5cxb+FQaHP8FX5XDqy/0iKGjR\n" \
    "QjQQGWavtr+ZQIKSU6lTraifx1a2qEn3CsuYOOafqlC7p14+icKttX6G0IirmwSi\n" \
    "jmcHCRciQ+xeAAilzq8/hyL0hzAllv/XVa0bgqScNLNGlRW0aqKQzYbuOOp6m+Px\n" \
    "A2EDNbUxzKMz3f4ysUUQ9LB++V/GaE6MRUqSwQ27XVnHp8Y/swX+iBln2Z5mnrYy\n" \
    "hAWCVgu0A0MdQPdaSVSQhIIngpKCH06pHkLnj6SMruPINhRtz9c40RfpLpoVE30o\n" \
    "6OaktGImUMtBNQTLOjNdRL7sV0bBwpSx6MuZy2CNko+M41Y2MsUh8j0TxhqPYcAd\n" \
    "+Mlsc2DbTzxoql0v3TQqYv80WcEWOJQhq0PoWExFiCtQ5uTpbbbwuP3okNXb+tzY\n" \
    "hpC0SeZCQN2yAjdH8wg2PjAap3dXFp/GFQYo1ZILWqGrHIy/RMsA4CXXh51ytHnj\n" \
    "r1MRx4VyVZDanIm5/DuEUHaVVOtE0gProruu+crSI3ARwupE7/APKZpI/+KMqT3f\n" \
    "hfdmCCQu+NbMJGEKHiB4/KxPk4XDFJBeyqguVTkW2U0afB7GUqoIiXCD2qLrsXdf\n" \
    "vEca4nd315BOqfG5K8rD2KMVhCYIe2RbEQjw1l/sk3icBTdDyhT9Y9BemLZS3yuc\n" \
    "L/nOBfGUBwP/snP4Dg4nMuyplg2YG0z9O3u4BFs8ODBUa53Y2w0=\n" \
    "-----END PUBLIC KEY-----\n"
/* clang-format on */

#endif
